//! The wire format, held still: each type reads its golden JSON in `fixtures/wire` and prints the same again.
//!
//! `<type>.json` has every field set. `v1-minimal/<type>.json` has only what version 1 required, so a field that is required
//! later would break it. `scalars.json` has the words of each enum and samples of each newtype.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at whatever is not as it should be")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use go_bus_api as api;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads JSON as one type and prints it again.
type Echo = fn(&Value) -> Result<Value, String>;

fn echo<T: DeserializeOwned + Serialize>(json: &Value) -> Result<Value, String> {
    let value: T = serde_json::from_value(json.clone()).map_err(|e| e.to_string())?;
    serde_json::to_value(&value).map_err(|e| e.to_string())
}

macro_rules! echoes {
    ($($name:ident $(<$of:ty>)?),* $(,)?) => { vec![$((stringify!($name), echo::<api::$name$(<$of>)?> as Echo)),*] };
    (const $($name:ident $(<$of:literal>)?),* $(,)?) => { vec![$((stringify!($name), echo::<api::$name$(<$of>)?> as Echo)),*] };
}

/// Types that are JSON objects, each with a golden of its own.
fn objects() -> Vec<(&'static str, Echo)> {
    [objects_to_m(), objects_from_n()].concat()
}

fn objects_to_m() -> Vec<(&'static str, Echo)> {
    echoes![
        Account,
        AccountPatch,
        AccountWindow,
        Acquire,
        Agent,
        AgentPatch,
        Alert,
        Answer,
        Assign,
        AuditEntry,
        AuditQuery,
        AuditVerification,
        CarriedOver,
        CloseSprint,
        Collision,
        CollisionReport,
        Complete,
        CostRow,
        CostTotals,
        Deliverable,
        Digest,
        Event,
        Exit,
        ExitReport,
        Fail,
        Failure,
        FieldError,
        Grant,
        Handoff,
        Heartbeat,
        Host,
        HostHeartbeat,
        HostPatch,
        IssuedToken,
        Landed,
        Landing,
        LeaseEvent,
        LeaseHeld,
        LeaseTick,
        LeaseView,
        ListQuery,
        MergeTrial,
        Message,
        ModelUsage,
    ]
}

fn objects_from_n() -> Vec<(&'static str, Echo)> {
    echoes![
        NewAccount,
        NewAgent,
        NewAlert,
        NewAuditEntry,
        NewCost,
        NewEvent,
        NewHost,
        NewMessage,
        NewProject,
        NewQuestion,
        NewSession,
        NewSprint,
        NewTask,
        Page<api::Task>,
        Permission,
        Problem,
        Progress,
        Project,
        ProjectPatch,
        ProjectProgress,
        Question,
        RbacAnswer,
        RbacQuestion,
        Registered,
        Release,
        Remedy,
        ReportProgress,
        Review,
        RoleBinding,
        Session,
        Sprint,
        Standby,
        Task,
        TaskPatch,
        VerifyResult,
        Work,
        Workplace,
    ]
}

/// Types that are a JSON string or number; `scalars.json` has values of each.
fn scalars() -> Vec<(&'static str, Echo)> {
    echoes![
        const AccountId, AccountState, AgentId, AgentState, AlertId, AlertLevel, AlertState, Attempt, BootId, Category, ConversationId, Deliver, DriverKind,
        Epoch, EventKind, ExpiryCause, FailureCause, HolderId, HostId, HostState, MessageId, Millis, Model, Pace, Percent, Priority, ProjectId,
        ProjectState, Provider, QuestionId, QuestionState, Ratio, RbacMode, ResourceKind, Revision, Role, Seq, SessionId, SessionState, Slots,
        SprintId, SprintState, Subject, TaskId, TaskKind, TaskState, Text<64>, Timestamp, Usd, UserId, Verdict, Weight,
    ]
}

/// Exported names that are never read from the wire.
const NOT_ON_THE_WIRE: &[&str] = &["IdError", "ProblemKind", "Prompt", "TextError", "Tier", "TransitionError"];

fn wire(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire").join(file)
}

fn golden(file: &str) -> Value {
    let path = wire(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// `NewTask` as `new_task.json`.
fn file_of(type_name: &str) -> String {
    let mut file = String::new();
    for c in type_name.chars() {
        if c.is_ascii_uppercase() && !file.is_empty() {
            file.push('_');
        }
        file.push(c.to_ascii_lowercase());
    }
    file + ".json"
}

/// `json` with a member that no type knows in every object.
fn with_a_field_of_the_future(json: &Value) -> Value {
    match json {
        Value::Object(members) => {
            let mut more: Map<_, _> = members.iter().map(|(k, v)| (k.clone(), with_a_field_of_the_future(v))).collect();
            more.insert("of_the_future".to_owned(), "new".into());
            Value::Object(more)
        }
        Value::Array(items) => items.iter().map(with_a_field_of_the_future).collect(),
        other => other.clone(),
    }
}

/// `json` without that member, which open-ended members (an event's data, a problem's) keep.
fn without_it(json: &Value) -> Value {
    match json {
        Value::Object(members) => {
            members.iter().filter(|(k, _)| *k != "of_the_future").map(|(k, v)| (k.clone(), without_it(v))).collect()
        }
        Value::Array(items) => items.iter().map(without_it).collect(),
        other => other.clone(),
    }
}

#[test]
fn every_object_prints_its_golden_again() {
    for (name, echo) in objects() {
        let golden = golden(&file_of(name));
        assert_eq!(echo(&golden), Ok(golden), "{name}");
    }
}

#[test]
fn an_old_reader_takes_what_a_newer_writer_adds() {
    for (name, echo) in objects() {
        let golden = golden(&file_of(name));
        let printed = echo(&with_a_field_of_the_future(&golden)).map(|json| without_it(&json));
        assert_eq!(printed, Ok(golden), "{name}");
    }
}

#[test]
fn a_new_reader_takes_the_least_that_an_old_writer_sends() {
    for (name, echo) in objects() {
        let least = golden(&format!("v1-minimal/{}", file_of(name)));
        assert!(echo(&least).is_ok(), "{name}: {:?}", echo(&least));
        let Value::Object(members) = &least else { panic!("{name}: an object was expected") };
        for field in members.keys() {
            let mut short = members.clone();
            short.remove(field);
            assert!(
                echo(&Value::Object(short)).is_err(),
                "{name}.{field} is not required; it has no place in v1-minimal"
            );
        }
    }
}

#[test]
fn a_snapshot_line_of_each_kind_prints_its_golden_again() {
    let Value::Array(lines) = golden("resource.json") else { panic!("an array was expected") };
    let kinds: Vec<_> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    let known: Vec<_> = api::ResourceKind::ALL.into_iter().map(api::ResourceKind::as_str).collect();
    assert_eq!(kinds, known);
    for line in lines {
        assert_eq!(echo::<api::Resource>(&line), Ok(line));
    }
}

#[test]
fn every_word_and_number_prints_its_golden_again() {
    let golden = golden("scalars.json");
    for (name, echo) in scalars() {
        let samples = golden[name].as_array().unwrap_or_else(|| panic!("scalars.json has no {name}"));
        for sample in samples {
            assert_eq!(echo(sample).as_ref(), Ok(sample), "{name}");
        }
    }
}

#[test]
fn the_problems_keep_their_slugs_and_statuses() {
    let golden: BTreeMap<String, u16> = serde_json::from_value(golden("problem_kinds.json")).unwrap();
    let known = api::ProblemKind::ALL.iter().map(|kind| (kind.slug().to_owned(), kind.status())).collect();
    assert_eq!(golden, known);
}

/// The source files of the crate, parsed.
fn sources() -> Vec<syn::File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap()).collect()
}

fn names(tree: &syn::UseTree, found: &mut BTreeSet<String>) {
    match tree {
        syn::UseTree::Path(path) => names(&path.tree, found),
        syn::UseTree::Name(name) => {
            found.insert(name.ident.to_string());
        }
        syn::UseTree::Group(group) => group.items.iter().for_each(|item| names(item, found)),
        syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => panic!("lib.rs names each type it exports"),
    }
}

#[test]
fn every_exported_type_has_a_golden() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let mut exported = BTreeSet::new();
    for item in syn::parse_file(&lib).unwrap().items {
        if let syn::Item::Use(item) = item {
            names(&item.tree, &mut exported);
        }
    }
    let mut covered: BTreeSet<String> = NOT_ON_THE_WIRE.iter().map(|name| (*name).to_owned()).collect();
    covered.extend(objects().iter().chain(&scalars()).map(|(name, _)| (*name).to_owned()));
    covered.insert("Resource".to_owned());
    assert_eq!(exported, covered, "each exported type stands in objects(), scalars() or NOT_ON_THE_WIRE");
}

#[test]
fn every_variant_of_an_enum_has_its_word_in_the_golden() {
    let golden = golden("scalars.json");
    let on_the_wire: BTreeSet<_> = scalars().into_iter().map(|(name, _)| name).collect();
    let enums = sources().into_iter().flat_map(|file| file.items).filter_map(|item| match item {
        syn::Item::Enum(item) if on_the_wire.contains(item.ident.to_string().as_str()) => Some(item),
        _ => None,
    });
    for item in enums {
        let name = item.ident.to_string();
        let words: BTreeSet<_> = golden[&name].as_array().unwrap().iter().map(Value::to_string).collect();
        assert_eq!(words.len(), item.variants.len(), "{name}: a word for each variant");
    }
    let words = golden["EventKind"].as_array().unwrap();
    let missing: Vec<_> = api::EventKind::OWN.iter().filter(|kind| !words.contains(&kind.as_str().into())).collect();
    assert!(missing.is_empty(), "scalars.json lacks {missing:?}");
}

#[test]
fn no_golden_lies_about_unread() {
    let mut read: BTreeSet<String> = objects().iter().map(|(name, _)| file_of(name)).collect();
    for extra in ["resource.json", "scalars.json", "problem_kinds.json"] {
        read.insert(extra.to_owned());
    }
    for entry in fs::read_dir(wire("")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "v1-minimal" || read.contains(&name), "{name} is read by no test");
    }
}
