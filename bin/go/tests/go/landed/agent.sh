# A scripted agent of the driver `command`, protocol `lines`: what it does depends on its task and on how often that was begun.
role=$1 task=$2 reviewed=$3 resumed=$4
tell() { printf '%s\n' "$1"; }
ended() { tell "{\"type\":\"result\",\"ok\":true,\"summary\":\"$1\"}"; exit 0; }
tell "{\"type\":\"conversation\",\"id\":\"${resumed:-c-$task}\"}"
read -r prompt
if [ "$role" = reviewer ]; then
  printf '%s\n' "$prompt" > "$TRACE/$reviewed.review"
  { git log -1 --format=%H; ls; } > "$TRACE/$reviewed.seen"
  test -s "$reviewed.txt" && verdict=approve || verdict=request_changes
  tell "{\"type\":\"verdict\",\"verdict\":\"$verdict\",\"notes\":\"looked at $reviewed.txt\"}"
  ended "reviewed $reviewed"
fi
times=$(($(grep -c "^$task " "$TRACE/runs") + 1))
echo "$task $times on $(git log -1 --format=%s) resumed ${resumed:-nothing}" >> "$TRACE/runs"
printf '%s\n' "$prompt" > "$TRACE/$task.$times"
case $task-$times in
  T-1-1) echo one > T-1.txt;;
  T-2-1) sed s/one/two/ T-1.txt > T-2.txt;;
  T-3-1) ;;
  T-3-2) echo three > T-3.txt;;
  T-4-1) read -r _ < "$TRACE/T-5.landed"; echo four > T-4.txt; echo 'hello from four' > README;;
  T-4-2) grep -q '^<<<<<<<' README && test -s T-5.txt && echo 'hello from five and four' > README;;
  T-5-1) echo five > T-5.txt; echo 'hello from five' > README;;
esac
tell '{"type":"spent","model":"house-1","input_tokens":10,"output_tokens":1,"usd":"0.0132"}'
ended "did $task"
