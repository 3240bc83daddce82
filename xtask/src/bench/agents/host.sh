# An agent of the protocol of lines that writes a numbered file each second: `host.sh FOLDER TASK SECONDS RECORDS`.
# What it wrote and when is also in RECORDS, which no host has. One that finds earlier work is done.
cd "$1" || exit 1
echo "{\"type\":\"conversation\",\"id\":\"c-$2\"}"
if [ -e work/1 ]; then
  echo "again $(ls work | wc -l)" >> "$4/$2.runs"
else
  mkdir -p work
  echo "first" >> "$4/$2.runs"
  number=0
  while [ $number -lt "$3" ]; do
    number=$((number + 1))
    date +%s%3N > work/$number
    echo "$number $(cat work/$number)" >> "$4/$2"
    sleep 1
  done
fi
echo '{"type":"result","ok":true,"summary":"wrote files"}'
