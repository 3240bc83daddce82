//! The tree's places, bounds and merges; and that no text makes it panic.

use proptest::prelude::*;

use super::*;

fn problem(text: &str) -> String {
    match load(text) {
        Err(problem) => problem.message,
        Ok(loaded) => loaded.problems.into_iter().map(|problem| problem.message).collect(),
    }
}

/// Visits every node that is written in the text itself.
fn visit(node: &Node, see: &mut impl FnMut(&Node)) {
    see(node);
    match &node.kind {
        Kind::Sequence(items, _) => items.iter().for_each(|item| visit(item, see)),
        Kind::Mapping(entries, _) => entries.iter().for_each(|entry| {
            visit(&entry.key, see);
            visit(&entry.value, see);
        }),
        Kind::Scalar(_) | Kind::Alias(..) => {}
    }
}

#[test]
fn plain_scalars_stand_where_their_span_says_in_any_alphabet_and_line_end() {
    let text = "\u{feff}# ünï\r\nclé: &a välue  # ß\r\nlist: [ö, !!str x, *a]\r\nmap:\r\n  ключ: знач\r\n";
    let mut seen = 0;
    visit(&load(text).unwrap().root.unwrap(), &mut |node| {
        if let Kind::Scalar(scalar) = &node.kind {
            assert_eq!(node.content.of(text), scalar.text);
            seen += 1;
        }
    });
    assert_eq!(seen, 8);
}

#[test]
fn flow_and_block_are_told_apart() {
    let mut styles = Vec::new();
    visit(&load("a: &x {b: [c: d]}\ne:\n- f\n").unwrap().root.unwrap(), &mut |node| match node.kind {
        Kind::Mapping(_, style) | Kind::Sequence(_, style) => styles.push(style),
        _ => {}
    });
    assert_eq!(styles, [Style::Block, Style::Flow, Style::Flow, Style::Pair, Style::Block]);
}

#[test]
fn an_own_key_wins_over_a_merged_one_and_the_first_base_over_the_second() {
    let text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\n";
    let root = load(text).unwrap().root.unwrap();
    let z = lookup(&root, "z").unwrap();
    let read = |key| lookup(z, key).and_then(Node::scalar).map(|scalar| scalar.text.clone());
    assert_eq!(["a", "b", "c", "d"].map(read), [Some("3".into()), Some("1".into()), Some("2".into()), None]);
}

#[test]
fn twice_the_same_key_a_complex_key_and_a_bad_merge_are_named() {
    assert_eq!(problem("a: 1\nb: 2\na: 3\n"), "the key `a` stands here twice, first in line 1");
    assert_eq!(problem("? [a]\n: 1\n"), "a key is a single word, here is a list");
    assert!(problem("a:\n  <<: 5\n").contains("takes an alias of a mapping"));
}

#[test]
fn hostile_nesting_and_expansion_are_refused_and_not_followed() {
    assert!(load(&"[".repeat(100_000)).is_err() && load(&"{a: ".repeat(100_000)).is_err());
    assert!(problem(&"- ".repeat(5_000)).contains("nested deeper"));
    assert!(problem("&a [*a]").contains("alias inside"));
    let mut laughs = String::from("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n");
    let mut chain = String::from("l0: &l0 [x]\n");
    for level in 1..30 {
        let below = level - 1;
        laughs.push_str(&format!("l{level}: &l{level} [{}]\n", vec![format!("*l{below}"); 10].join(", ")));
    }
    for level in 1..1_000 {
        chain.push_str(&format!("l{level}: &l{level} [*l{}]\n", level - 1));
    }
    assert!(problem(&laughs).contains("stand for more than"));
    assert!(problem(&chain).contains("nested deeper"));
}

#[test]
fn a_second_document_is_refused() {
    assert!(problem("a: 1\n---\nb: 2\n").contains("second one begins"));
    assert_eq!(problem("---\na: 1\n...\n"), "");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        drop(load(&text));
    }

    #[test]
    fn no_text_of_yamls_own_characters_makes_it_panic(text in "[-?:,\\[\\]{}#&*!|>'\"%@` \n\r\tab1<~.\\\\ü]{0,60}") {
        drop(load(&text));
    }
}
