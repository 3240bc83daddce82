# A scripted agent of the driver `command`: C-1 and C-2 change the same line; C-1's reviewer waits for the pipe trace/release, and C-2 fails
# until C-1 has landed.
role=$1 task=$2 reviewed=$3
tell() { printf '%s\n' "$1"; }
read -r prompt
tell "{\"type\":\"conversation\",\"id\":\"c-$task\"}"
tell '{"type":"spent","model":"house-1","input_tokens":10,"output_tokens":1,"usd":"0.25"}'
if [ "$role" = reviewer ]; then
  echo "$reviewed" >> "$TRACE/reviews"
  [ "$reviewed" != C-1 ] || read -r _ < "$TRACE/release"
  tell '{"type":"verdict","verdict":"approve","notes":"it reads well"}'
  tell '{"type":"result","ok":true,"summary":"reviewed"}'
  exit 0
fi
echo "$task" >> "$TRACE/runs"
printf '%s\n' "$prompt" > "$TRACE/$task.prompt"
case $task in
  C-1) echo 'hello from C-1' > README;;
  C-2)
    git fetch -q
    if git log origin/main | grep -q 'XIO-Task: C-1'; then
      git add -A && git commit -q -m 'C-2' && git merge -q origin/main >/dev/null
      echo 'hello from C-1 and C-2' > README && git add -A && git commit -q -m 'C-2 beside C-1'
    else
      echo 'hello from C-2' > README
      tell '{"type":"result","ok":false,"summary":"not yet"}'
      exit 1
    fi;;
esac
tell "{\"type\":\"result\",\"ok\":true,\"summary\":\"did $task\"}"
