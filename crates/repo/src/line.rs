//! The branch that work lands on, with its upstream: fetching it, and which commit is its tip.

use std::collections::BTreeMap;

use crate::commands::SSH_COMMAND;
use crate::git::GitCall;
use crate::repo::{Note, Repo};
use crate::{ObjectId, RepoError};

/// ssh that asks nobody anything and gives up where nobody answers.
const SSH: &str = "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15 -oServerAliveCountMax=4";

/// A branch that work lands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its name, without `refs/heads/`.
    pub(crate) branch: String,
    /// Where it is pushed to.
    pub(crate) upstream: Option<Upstream>,
}

/// A branch's upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upstream {
    /// The remote's name.
    pub(crate) remote: String,
    /// The ref there.
    pub(crate) reference: String,
}

/// What the branch is here and on the upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tips {
    /// Here.
    pub(crate) local: ObjectId,
    /// On the upstream, where that has one and has the branch.
    pub(crate) remote: Option<ObjectId>,
    /// Which of them counts.
    pub(crate) newest: Newest,
}

/// Which of two tips has the other in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newest {
    /// The one here, or they are the same.
    Local,
    /// The upstream's.
    Remote,
    /// Neither: they have diverged.
    Neither,
}

impl Tips {
    /// The commit that work begins from.
    pub(crate) fn tip(&self) -> &ObjectId {
        match (self.newest, &self.remote) {
            (Newest::Remote | Newest::Neither, Some(remote)) => remote,
            _ => &self.local,
        }
    }
}

/// What a look at the upstream gave.
#[derive(Debug)]
pub(crate) enum Seen {
    /// The refs that it has, of those that were asked for; their objects are here.
    Refs(BTreeMap<String, ObjectId>),
    /// It could not be reached, in git's words.
    Away(String),
}

impl Line {
    /// The branch `onto`, or the one that is checked out in the repo's folder.
    pub(crate) fn of(repo: &Repo<'_>, onto: Option<&str>) -> Result<Self, RepoError> {
        let branch = match onto {
            Some(branch) => branch.to_owned(),
            None => {
                let head = repo.git().call(&["symbolic-ref", "--quiet", "HEAD"]).run()?;
                let head = head.text();
                let branch = head.trim_end().strip_prefix("refs/heads/");
                branch.ok_or_else(|| RepoError::NoBranch(repo.git().folder().to_path_buf()))?.to_owned()
            }
        };
        let format = "--format=%(refname)%00%(upstream:remotename)%00%(upstream:remoteref)";
        let listed = repo.git().call(&["for-each-ref", format]).arg(format!("refs/heads/{branch}")).output()?;
        let text = String::from_utf8_lossy(&listed);
        let mut fields = text.trim_end_matches('\n').split('\0');
        if fields.next() != Some(&format!("refs/heads/{branch}")) {
            return Err(RepoError::UnknownBranch(branch));
        }
        let (remote, reference) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let has_upstream = !matches!(remote, "" | ".") && reference.starts_with("refs/");
        let upstream = Upstream { remote: remote.to_owned(), reference: reference.to_owned() };
        Ok(Self { branch, upstream: has_upstream.then_some(upstream) })
    }

    /// The branch's full name.
    pub(crate) fn reference(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    /// What the branch is now, given what the upstream has.
    pub(crate) fn tips(&self, repo: &Repo<'_>, remote: Option<ObjectId>) -> Result<Tips, RepoError> {
        let unknown = || RepoError::UnknownBranch(self.branch.clone());
        let local = repo.commit(&self.reference())?.ok_or_else(unknown)?;
        let newest = match &remote {
            None => Newest::Local,
            Some(remote) if repo.is_in(remote, &local)? => Newest::Local,
            Some(remote) if repo.is_in(&local, remote)? => Newest::Remote,
            Some(_) => Newest::Neither,
        };
        Ok(Tips { local, remote, newest })
    }

    /// What the branch is, as far as it is known here; nobody is asked.
    pub(crate) fn known(&self, repo: &Repo<'_>) -> Result<Tips, RepoError> {
        let remote = match &self.upstream {
            Some(upstream) => repo.commit(&upstream.kept(&upstream.reference))?,
            None => None,
        };
        self.tips(repo, remote)
    }

    /// The tip that work begins from, as new as it can be had, and what the upstream has of `more`. An upstream that can't be
    /// reached is told.
    pub(crate) fn freshest(&self, repo: &Repo<'_>, more: &str) -> Result<(ObjectId, Option<ObjectId>), RepoError> {
        let Some(upstream) = &self.upstream else { return Ok((self.tips(repo, None)?.tip().clone(), None)) };
        let (remote, other) = match upstream.look(repo, &[&upstream.reference, more])? {
            Seen::Refs(mut refs) => (refs.remove(&upstream.reference), refs.remove(more)),
            Seen::Away(words) => {
                repo.tell(&Note::Away(words));
                (repo.commit(&upstream.kept(&upstream.reference))?, None)
            }
        };
        let tips = self.tips(repo, remote)?;
        if tips.newest == Newest::Neither {
            repo.tell(&Note::Diverged(self.branch.clone()));
        }
        Ok((tips.tip().clone(), other))
    }
}

impl Upstream {
    /// Looks at what the upstream has of `wanted`, full names of refs, and fetches what is not here yet.
    pub(crate) fn look(&self, repo: &Repo<'_>, wanted: &[&str]) -> Result<Seen, RepoError> {
        let listed = self.network(repo, &["ls-remote"])?.arg(&self.remote).args(wanted).run()?;
        if listed.code != 0 {
            return Ok(Seen::Away(listed.words()));
        }
        let mut refs: BTreeMap<String, ObjectId> = listed.text().lines().filter_map(listed_ref).collect();
        refs.retain(|name, _| wanted.contains(&name.as_str()));
        let mut missing = Vec::new();
        for (name, object) in &refs {
            if repo.commit(object.as_str())?.is_none() {
                missing.push(format!("+{name}:{}", self.kept(name)));
            }
        }
        if missing.is_empty() {
            return Ok(Seen::Refs(refs));
        }
        let words = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        let fetched = self.network(repo, &words)?.arg(&self.remote).args(&missing).run()?;
        if fetched.code != 0 {
            return Ok(Seen::Away(fetched.words()));
        }
        for (name, object) in &mut refs {
            // It may have moved between the two looks.
            if missing.iter().any(|spec| spec.starts_with(&format!("+{name}:")))
                && let Some(now) = repo.commit(&self.kept(name))?
            {
                *object = now;
            }
        }
        Ok(Seen::Refs(refs))
    }

    /// Where what is fetched from `reference` is kept here.
    fn kept(&self, reference: &str) -> String {
        format!("refs/xio/upstream/{}", reference.strip_prefix("refs/").unwrap_or(reference))
    }

    /// A call of git that leaves the machine.
    pub(crate) fn network<'c>(&self, repo: &Repo<'c>, words: &[&str]) -> Result<GitCall<'c>, RepoError> {
        // The address of a remote may be a path, which counts from there.
        let call = repo.git().elsewhere(repo.main()).call(words);
        let own = repo.git().call(&["config", "--get", "core.sshCommand"]).run()?;
        Ok(if own.code == 0 { call } else { call.with(SSH_COMMAND, SSH) })
    }
}

/// A line of `git ls-remote`.
fn listed_ref(line: &str) -> Option<(String, ObjectId)> {
    let (object, name) = line.split_once('\t')?;
    Some((name.to_owned(), ObjectId::parse(object)?))
}
