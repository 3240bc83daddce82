# An agent of the protocol of lines that works on files which others work on too: `landing.sh FOLDER L-7`.
# Each ticket takes a slot and adds a file; every fifth adds a line to a list whose first line counts the others.
cd "$1" || exit 1
number=${2#L-}
echo "{\"type\":\"conversation\",\"id\":\"c-$2\"}"
sleep "0.$((number * 7 % 9 + 1))"
sed -i "$((number * 3))s/free/taken/" slots
echo "$number" > "f$number"
if [ $((number % 5)) = 0 ]; then
  # Where somebody else's line has landed meanwhile, the conflict is in the file: both are kept.
  { grep -hE '^[0-9]+ x$' list; echo "$number x"; } | sort -u > list.new
  { wc -l < list.new; cat list.new; } > list.all
  mv list.all list && rm list.new
fi
echo '{"type":"result","ok":true,"summary":"took a slot"}'
