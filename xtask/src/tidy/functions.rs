//! How long functions are, from the signature to the closing brace.

use proc_macro2::Span;
use syn::visit::{self, Visit};

use super::{Finding, SourceFile};

/// No function is longer, in lines.
const MAX_LINES: usize = 80;
/// A function over this counts in the report.
const LONG: usize = 25;

/// A function and its length, or a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measured {
    place: String,
    name: String,
    /// Lines; none where the file is not Rust that can be parsed.
    lines: Option<usize>,
}

/// Every function of `files`.
pub(crate) fn measure(files: &[SourceFile]) -> Vec<Measured> {
    let mut found = Vec::new();
    for file in files {
        match syn::parse_file(&file.text) {
            Ok(parsed) => Lengths { path: &file.path, found: &mut found }.visit_file(&parsed),
            Err(e) => found.push(Measured { place: file.path.clone(), name: e.to_string(), lines: None }),
        }
    }
    found
}

/// Functions that are too long, and files that can't be parsed.
pub(crate) fn check(functions: &[Measured]) -> Vec<Finding> {
    functions
        .iter()
        .filter_map(|function| match function.lines {
            None => Some(Finding::new(&function.place, format!("can't be parsed: {}", function.name))),
            Some(lines) if lines > MAX_LINES => {
                Some(Finding::new(&function.place, format!("{} has {lines} lines, at most {MAX_LINES}", function.name)))
            }
            Some(_) => None,
        })
        .collect()
}

/// The figures for people.
pub(crate) fn summary(functions: &[Measured]) -> String {
    let lines: Vec<_> = functions.iter().filter_map(|f| f.lines).collect();
    let long = lines.iter().filter(|lines| **lines > LONG).count();
    let share = (long * 1000).checked_div(lines.len()).unwrap_or(0);
    let longest = functions.iter().max_by_key(|f| f.lines);
    let longest = longest.map_or_else(String::new, |f| format!(", longest {} at {}", f.lines.unwrap_or(0), f.place));
    format!("{}, over {LONG} lines {}.{} %{longest}", lines.len(), share / 10, share % 10)
}

struct Lengths<'a> {
    path: &'a str,
    found: &'a mut Vec<Measured>,
}

impl Lengths<'_> {
    fn add(&mut self, signature: &syn::Signature, end: Span) {
        let start = signature.fn_token.span.start().line;
        let lines = (end.end().line + 1).saturating_sub(start);
        let place = format!("{}:{start}", self.path);
        self.found.push(Measured { place, name: signature.ident.to_string(), lines: Some(lines) });
    }
}

impl<'ast> Visit<'ast> for Lengths<'_> {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.add(&node.sig, node.block.brace_token.span.close());
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.add(&node.sig, node.block.brace_token.span.close());
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.add(&node.sig, block.brace_token.span.close());
        }
        visit::visit_trait_item_fn(self, node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function_of(lines: usize) -> String {
        format!("/// Docs don't count.\nfn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_80_lines_passes_and_one_of_81_does_not() {
        assert_eq!(check(&measure(&[SourceFile::new("a.rs", function_of(80))])), []);
        let findings = check(&measure(&[SourceFile::new("a.rs", function_of(81))]));
        assert_eq!(findings[0].to_string(), "a.rs:2: long has 81 lines, at most 80");
    }

    #[test]
    fn methods_count_as_functions() {
        let method = format!("struct S;\nimpl S {{\n{}}}\n", function_of(81));
        assert_eq!(check(&measure(&[SourceFile::new("a.rs", method)])).len(), 1);
        let default = format!("trait T {{\nfn none();\n{}}}\n", function_of(81));
        assert_eq!(check(&measure(&[SourceFile::new("a.rs", default)])).len(), 1);
    }

    #[test]
    fn a_file_that_does_not_parse_is_found() {
        assert!(check(&measure(&[SourceFile::new("a.rs", "fn {")]))[0].problem.contains("can't be parsed"));
    }

    #[test]
    fn the_summary_has_the_share_over_25_lines() {
        let files = [SourceFile::new("a.rs", function_of(26)), SourceFile::new("b.rs", function_of(25))];
        assert_eq!(summary(&measure(&files)), "2, over 25 lines 50.0 %, longest 26 at a.rs:2");
    }
}
