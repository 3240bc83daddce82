//! What cargo says about the workspace: members with their arrows, and the trees of those that must be free of IO.

use std::path::Path;

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand, Package};

use super::TidyError;
use crate::command::cargo;
use crate::layers::PURE;

/// A package of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Member {
    /// Its folder below the root.
    pub(crate) folder: String,
    /// Its package name.
    pub(crate) package: String,
    /// The workspace packages that it depends on, other than for its tests.
    pub(crate) needs: Vec<String>,
    /// The outside crates that it depends on, other than for its tests.
    pub(crate) outside: Vec<String>,
    /// The outside crates of its tests.
    pub(crate) for_tests: Vec<String>,
    /// Its features, each with what it turns on.
    pub(crate) features: Vec<(String, Vec<String>)>,
    /// The features of others that it turns on in every build, as `package/feature`.
    pub(crate) turned_on: Vec<String>,
}

/// A package's dependencies as `cargo tree --prefix depth` prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tree {
    /// The package at its root.
    pub(crate) package: String,
    /// The lines (a depth, a name, a version), or why cargo has none, such as a cycle.
    pub(crate) text: Result<String, String>,
}

/// Every package of the workspace.
pub(crate) fn members(root: &Path) -> Result<Vec<Member>, TidyError> {
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let root = metadata.workspace_root.clone();
    Ok(metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Member {
            folder: folder_of(package, root.as_str()),
            package: package.name.to_string(),
            needs: names(package, |d| d.path.is_some() && d.kind != DependencyKind::Development),
            outside: names(package, |d| d.path.is_none() && d.kind != DependencyKind::Development),
            for_tests: names(package, |d| d.path.is_none() && d.kind == DependencyKind::Development),
            features: package.features.iter().map(|(name, enabled)| (name.clone(), enabled.clone())).collect(),
            turned_on: package.dependencies.iter().flat_map(turned_on).collect(),
        })
        .collect())
}

fn folder_of(package: &Package, root: &str) -> String {
    let folder = package.manifest_path.parent().map(ToString::to_string).unwrap_or_default();
    folder.strip_prefix(root).unwrap_or(&folder).trim_start_matches('/').to_owned()
}

/// The names that a package's manifest gives to those of its dependencies.
fn names(package: &Package, those: impl Fn(&Dependency) -> bool) -> Vec<String> {
    let named = |dependency: &Dependency| dependency.rename.clone().unwrap_or_else(|| dependency.name.clone());
    package.dependencies.iter().filter(|dependency| those(dependency)).map(named).collect()
}

fn turned_on(dependency: &Dependency) -> impl Iterator<Item = String> {
    dependency.features.iter().map(|feature| format!("{}/{feature}", dependency.name))
}

/// The trees of normal dependencies of the packages that must be free of IO, each with the features it has alone.
pub(crate) fn trees(root: &Path, members: &[Member]) -> Vec<Tree> {
    let pure = members.iter().filter(|m| PURE.contains(&m.package.as_str()));
    pure.map(|member| Tree { package: member.package.clone(), text: tree(root, &member.package) }).collect()
}

/// The lines of `cargo tree`, or why there are none.
fn tree(root: &Path, package: &str) -> Result<String, String> {
    // `cargo metadata` joins the features of all members, which would show reqwest below every user of the client.
    let mut command = cargo();
    command.args(["tree", "--package", package, "--edges", "normal", "--prefix", "depth"]).current_dir(root);
    let output = command.output().map_err(|e| e.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
