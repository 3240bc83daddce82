# What a ticket of the torture does: KIND (run or review) TICKET SECONDS HEALS (yes or no).
# It notes its begin and end in one write each, and bears witness itself: its run's lock says whether another run of it is
# alive, and a lock for each slot of its host whether there is one too many. The kernel lets go of both as the last process
# of the run ends, so neither depends on a clock. Paths are relative to the plan's folder.
name=$2.$1 agent=$XIO_AGENT_ID
exec 9>>"witness/run.$name"
if flock -n 9; then alone=alone; else alone=overlap; fi
slot=over
for n in @SLOTS@; do
  exec 8>>"witness/slot.$XIO_HOST.$n"
  if flock -n 8; then slot=$n; break; fi
done
again=fresh
if [ -e "witness/good.$name" ]; then
  while read -r before; do
    if cat ".go/hosts/"*"/agents/$before/exit.json" 2>/dev/null | tr -d ' ' | grep -q '"code":0[,}]'; then again=again; fi
  done < "witness/good.$name"
fi
read -r uptime rest < /proc/uptime
echo "begin $name $$ $agent $uptime $XIO_HOST $slot $alone $again" >> trace
sleep "$3"
read -r uptime rest < /proc/uptime
if [ "$4" = yes ] && mkdir "witness/failed.$name" 2>/dev/null; then
  echo "end $name $$ $agent $uptime failed" >> trace
  exit 1
fi
echo "$agent" >> "witness/good.$name"
echo "end $name $$ $agent $uptime good" >> trace
