# Settings, a bare upstream and a clone of it; whoever waits for T-5 on the upstream's branch reads the pipe trace/T-5.landed.
set -e
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init -q -b main --bare upstream.git
git clone -q upstream.git site 2>/dev/null
cd site
git config user.name P && git config user.email p@example.org
git checkout -q -B main && echo hello > README && git add README && git commit -q -m begin && git push -q -u origin main
cd ..
mkdir trace && touch trace/runs && mkfifo trace/T-5.landed
cat > upstream.git/hooks/post-receive <<HOOK
#!/bin/sh
while read -r _ new ref; do
  [ "\$ref" != refs/heads/main ] || ! git log -1 "\$new" | grep -q 'XIO-Task: T-5' || echo landed > '$PWD/trace/T-5.landed'
done
HOOK
chmod +x upstream.git/hooks/post-receive
cat > go.yaml <<YAML
drivers:
  command: {run: "env TRACE=$PWD/trace sh $PWD/agent.sh {role} {task} '{reviewed}' '{conversation}'"}
review: {integration_every: 0}
improvement: {enabled: false}
YAML
