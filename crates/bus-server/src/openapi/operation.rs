//! One operation: what it takes, what it answers, how it refuses.

use std::collections::BTreeMap;

use go_bus_api::{LeaseHeld, ListQuery, Page, Problem, ProblemKind};
use go_rules::rbac::Action;
use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::parameter::Parameter;
use super::schemas::{SchemaOf, Schemas, schema_of};
use crate::permits::Needs;

/// What any request may be refused with, the first two where it needs a token.
const ANY: [ProblemKind; 5] = [
    ProblemKind::Unauthorized,
    ProblemKind::Forbidden,
    ProblemKind::TooMany,
    ProblemKind::Internal,
    ProblemKind::StorageUnavailable,
];

/// What any write may be refused with besides: by its headers, its fence, its key, its size, the actor it names.
const ANY_WRITE: [ProblemKind; 7] = [
    ProblemKind::BadRequest,
    ProblemKind::NotLeader,
    ProblemKind::InProgress,
    ProblemKind::StaleEpoch,
    ProblemKind::TooLarge,
    ProblemKind::IdempotencyMismatch,
    ProblemKind::Invalid,
];

/// An answer that is no refusal.
struct Success {
    status: StatusCode,
    what: &'static str,
    content: Option<(&'static str, SchemaOf)>,
    has_etag: bool,
}

/// An operation of the API, as its route declares it.
#[must_use]
pub(crate) struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    summary: &'static str,
    needs_token: bool,
    needs: Needs,
    parameters: Vec<Parameter>,
    body: Option<(SchemaOf, bool)>,
    successes: Vec<Success>,
    refusals: Vec<ProblemKind>,
}

impl Operation {
    fn new(method: Method, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let (parameters, successes, refusals) = (Vec::new(), Vec::new(), ANY.to_vec());
        let needs = Needs::default();
        Self { method, path, id, summary, needs_token: true, needs, parameters, body: None, successes, refusals }
    }

    fn write(method: Method, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let mut write = Self::new(method, path, id, summary).refuses(&ANY_WRITE);
        write.parameters.extend([Parameter::lease_epoch(), Parameter::idempotency_key()]);
        write
    }

    /// A read.
    pub(crate) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, id, summary)
    }

    /// A write by POST.
    pub(crate) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::write(Method::POST, path, id, summary)
    }

    /// A write by PUT.
    pub(crate) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::write(Method::PUT, path, id, summary)
    }

    /// A write by DELETE.
    pub(crate) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::write(Method::DELETE, path, id, summary)
    }

    /// A change, which may be bound to a revision.
    pub(crate) fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let mut patch = Self::write(Method::PATCH, path, id, summary).refuses(&[ProblemKind::RevisionMismatch]);
        patch.parameters.push(Parameter::if_match());
        patch
    }

    /// It needs no token.
    pub(crate) fn open(mut self) -> Self {
        self.needs_token = false;
        self.refusals.retain(|kind| !matches!(kind, ProblemKind::Unauthorized | ProblemKind::Forbidden));
        self
    }

    /// The asker's role has to have each of these actions (R19).
    pub(crate) fn needs(mut self, actions: &'static [Action]) -> Self {
        self.needs = Needs { actions, unless_own: false };
        self
    }

    /// The same, but for what an agent does to itself.
    pub(crate) fn needs_unless_own(mut self, actions: &'static [Action]) -> Self {
        self.needs = Needs { actions, unless_own: true };
        self
    }

    /// Where it is, and what it needs of the asker's role.
    pub(crate) fn permit(&self) -> (&'static str, &Method, Needs) {
        (self.path, &self.method, self.needs)
    }

    /// Its path has the id of a `T`, which may name nothing.
    pub(crate) fn of<T: JsonSchema>(mut self) -> Self {
        self.parameters.push(Parameter::id::<T>());
        self.refuses(&[ProblemKind::NotFound])
    }

    /// Its query string is a `T`.
    pub(crate) fn query<T: JsonSchema>(mut self) -> Self {
        self.parameters.push(Parameter::query::<T>(&[]));
        self.refuses(&[ProblemKind::BadRequest])
    }

    /// It resumes after `Last-Event-ID`.
    pub(crate) fn resumes(mut self) -> Self {
        self.parameters.push(Parameter::last_event_id());
        self.refuses(&[ProblemKind::BadRequest])
    }

    /// Its body is a `T`.
    pub(crate) fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = Some((schema_of::<T>(), true));
        self.refuses(&[ProblemKind::MalformedBody])
    }

    /// Its body is a `T` or left out.
    pub(crate) fn may_take<T: JsonSchema>(mut self) -> Self {
        self.body = Some((schema_of::<T>(), false));
        self.refuses(&[ProblemKind::MalformedBody])
    }

    /// It may be refused with these kinds besides.
    pub(crate) fn refuses(mut self, kinds: &[ProblemKind]) -> Self {
        self.refusals.extend(kinds);
        self
    }

    /// It answers a page of `T`s; its query string has `limit`, `cursor` and these of [`ListQuery`].
    pub(crate) fn lists<T: JsonSchema>(mut self, filters: &'static [&'static str]) -> Self {
        self.parameters.push(Parameter::query::<ListQuery>(&["limit", "cursor"]));
        if !filters.is_empty() {
            self.parameters.push(Parameter::query::<ListQuery>(filters));
        }
        self.answers::<Page<T>>(StatusCode::OK, "A page.").refuses(&[ProblemKind::BadRequest])
    }

    /// It answers a `T` that it made.
    pub(crate) fn creates<T: JsonSchema>(self) -> Self {
        self.resource::<T>(StatusCode::CREATED, "It was made.")
    }

    /// It answers a `T` as it is now.
    pub(crate) fn shows<T: JsonSchema>(self) -> Self {
        self.resource::<T>(StatusCode::OK, "As it is now.")
    }

    fn resource<T: JsonSchema>(mut self, status: StatusCode, what: &'static str) -> Self {
        let content = Some(("application/json", schema_of::<T>()));
        self.successes.push(Success { status, what, content, has_etag: true });
        self
    }

    /// It answers a `T` that is no resource.
    pub(crate) fn answers<T: JsonSchema>(self, status: StatusCode, what: &'static str) -> Self {
        self.answers_as::<T>(status, "application/json", what)
    }

    /// It answers a `T` in another media type.
    pub(crate) fn answers_as<T: JsonSchema>(
        mut self,
        status: StatusCode,
        media: &'static str,
        what: &'static str,
    ) -> Self {
        self.successes.push(Success { status, what, content: Some((media, schema_of::<T>())), has_etag: false });
        self
    }

    /// It answers 204.
    pub(crate) fn quietly(mut self) -> Self {
        let (status, what) = (StatusCode::NO_CONTENT, "It is done.");
        self.successes.push(Success { status, what, content: None, has_etag: false });
        self
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        self.id
    }

    /// Its parameters as OpenAPI's parameter objects.
    pub(super) fn described_parameters(&self, schemas: &mut Schemas) -> Vec<Value> {
        self.parameters.iter().flat_map(|one| one.describe(schemas)).collect()
    }

    /// The schema of its body, where it has one.
    pub(super) fn body_schema(&self, schemas: &mut Schemas) -> Option<Value> {
        self.body.map(|(schema, _)| schema(&mut schemas.requests).to_value())
    }

    /// The operation as OpenAPI's operation object.
    pub(super) fn describe(&self, schemas: &mut Schemas) -> Value {
        let parameters = self.described_parameters(schemas);
        let mut answers = self.refusals(schemas);
        answers.extend(self.successes.iter().map(|one| (one.status.as_str().to_owned(), one.describe(schemas))));
        let mut operation = json!({
            "operationId": self.id, "summary": self.summary, "tags": [self.tag()],
            "parameters": parameters, "responses": answers,
        });
        if let Some(members) = operation.as_object_mut() {
            if let Some((schema, required)) = self.body {
                let content = json!({ "application/json": { "schema": schema(&mut schemas.requests) } });
                members.insert("requestBody".to_owned(), json!({ "required": required, "content": content }));
            }
            if !self.needs.actions.is_empty() {
                let actions: Vec<&str> = self.needs.actions.iter().map(|action| action.as_str()).collect();
                members.insert("x-actions".to_owned(), json!(actions));
            }
            if !self.needs_token {
                members.insert("security".to_owned(), json!([]));
            }
        }
        operation
    }

    /// The first part of the path, or the second under `/io`.
    fn tag(&self) -> &'static str {
        let mut parts = self.path.split('/').filter(|part| !part.is_empty() && *part != "io");
        parts.next().unwrap_or("bus")
    }

    /// The refusals by status: which kinds it may be, and their common shape.
    fn refusals(&self, schemas: &mut Schemas) -> Map<String, Value> {
        let mut kinds = self.refusals.clone();
        kinds.sort_unstable();
        kinds.dedup();
        let mut by_status: BTreeMap<u16, Vec<ProblemKind>> = BTreeMap::new();
        for kind in kinds {
            by_status.entry(kind.status()).or_default().push(kind);
        }
        by_status.into_iter().map(|(status, kinds)| (status.to_string(), refusal(&kinds, schemas))).collect()
    }
}

impl Success {
    fn describe(&self, schemas: &mut Schemas) -> Value {
        let mut answer = Map::from_iter([("description".to_owned(), Value::from(self.what))]);
        if let Some((media, schema)) = self.content {
            answer.insert("content".to_owned(), json!({ media: { "schema": schema(&mut schemas.answers) } }));
        }
        if self.has_etag {
            let etag = json!({ "description": "The revision, for If-Match.", "schema": { "type": "string" } });
            answer.insert("headers".to_owned(), json!({ "ETag": etag }));
        }
        Value::Object(answer)
    }
}

fn refusal(kinds: &[ProblemKind], schemas: &mut Schemas) -> Value {
    let problem = schema_of::<Problem>()(&mut schemas.answers);
    let schema = if kinds.contains(&ProblemKind::LeaseHeld) {
        let held = schema_of::<LeaseHeld>()(&mut schemas.answers);
        json!({ "anyOf": [{ "allOf": [problem, held] }, problem] })
    } else {
        problem.to_value()
    };
    let lines: Vec<String> =
        kinds.iter().map(|kind| format!("`/problems/{}`: {}", kind.slug(), kind.title())).collect();
    json!({ "description": lines.join("\n"), "content": { "application/problem+json": { "schema": schema } } })
}
