# A tool server that has no tools: what the command line itself spends on having any server is not GO's. One JSON-RPC message a line.
while read -r line; do
  id=${line#*\"id\":} && id=${id%%[,\}]*}
  case $line in
    *\"method\":\"initialize\"*)
      echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"none\",\"version\":\"1\"}}}" ;;
    *\"method\":\"tools/list\"*) echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"tools\":[]}}" ;;
    *\"method\":\"notifications/*) ;;
    *) echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":-32601,\"message\":\"there is no such method\"}}" ;;
  esac
done
