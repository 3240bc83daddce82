# An agent that is hard to stop: deaf to signals, forking all the time, with children of its own and one in another session.
# `trouble.sh FOLDER spends|stays`; it speaks the protocol of lines.
cd "$1" || exit 1
trap '' INT TERM HUP
setsid sh -c 'trap "" INT TERM HUP; while :; do sleep 5; done' &
sh -c 'trap "" INT TERM; sleep 1000 & sleep 1000 & wait' &
echo '{"type":"conversation","id":"c-1"}'
echo work > work.txt
if [ "$2" = spends ]; then
  date +%s%3N > order
  echo '{"type":"spent","model":"m-1","input_tokens":1,"usd":"9"}'
fi
echo ready > ready
while :; do sleep 0.05; done
