//! A Rust file as the tokens of its production code: no comments, nothing that only tests are built with.

use crate::tree::{File, Tree};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::collections::BTreeSet;

pub struct Token {
    pub line: usize,
    /// An identifier, `::`, another punctuation character, a bracket, or a literal as it is written.
    pub text: String,
}

pub struct Source<'a> {
    pub path: &'a str,
    /// Where the file stands among the modules, e.g. `["tender", "state"]`.
    pub module: Vec<&'a str>,
    pub tokens: Vec<Token>,
}

impl Source<'_> {
    /// The folder or file of `src` that it belongs to; none for `lib.rs` and `main.rs`.
    pub fn room(&self) -> Option<&str> {
        self.module.first().copied()
    }

    pub fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    pub fn place(&self, at: usize) -> String {
        format!("{}:{}", self.path, self.tokens[at].line)
    }
}

/// All production code below `src`.
pub fn sources(tree: &Tree) -> Vec<Source<'_>> {
    let mut tests = BTreeSet::new();
    let sources: Vec<_> = tree.sources().map(|file| read(file, &mut tests)).collect();
    sources.into_iter().filter(|source| !tests.iter().any(|test| source.module.starts_with(&module(test)))).collect()
}

/// Adds the paths of the modules that only tests are built with, as `a/b`.
fn read<'a>(file: &'a File, tests: &mut BTreeSet<String>) -> Source<'a> {
    let stream: TokenStream = file.text.parse().unwrap_or_else(|e| panic!("{}: {e}", file.path));
    let module = module(file.path.trim_start_matches("src/"));
    let mut reader = Reader { tokens: Vec::new(), test_modules: Vec::new() };
    reader.flatten(stream);
    tests.extend(reader.test_modules.iter().map(|name| [&module[..], &[name]].concat().join("/")));
    Source { path: &file.path, module, tokens: reader.tokens }
}

fn module(path: &str) -> Vec<&str> {
    let mut parts: Vec<_> = path.trim_end_matches(".rs").split('/').collect();
    if matches!(parts.last(), Some(&("mod" | "lib" | "main"))) {
        parts.pop();
    }
    parts
}

struct Reader {
    tokens: Vec<Token>,
    test_modules: Vec<String>,
}

impl Reader {
    fn flatten(&mut self, stream: TokenStream) {
        let mut trees = stream.into_iter().peekable();
        while let Some(tree) = trees.next() {
            let line = tree.span().start().line;
            match tree {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some(TokenTree::Group(attribute)) = trees.peek() {
                        match attribute.stream().to_string().replace(' ', "").as_str() {
                            "cfg(test)" => self.skip_item(&mut trees),
                            text if text.starts_with("doc=") => drop(trees.next()),
                            _ => {}
                        }
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint => {
                    trees.next();
                    self.push(line, "::");
                }
                TokenTree::Punct(punct) => self.push(line, punct.as_char()),
                TokenTree::Ident(ident) => self.push(line, ident),
                TokenTree::Literal(literal) => self.push(line, literal),
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(line, open);
                    self.flatten(group.stream());
                    self.push(group.span_close().end().line, close);
                }
            }
        }
    }

    fn push(&mut self, line: usize, text: impl ToString) {
        self.tokens.push(Token { line, text: text.to_string() });
    }

    /// Goes past the item that `#[cfg(test)]` stands before: to its braces or its semicolon.
    fn skip_item(&mut self, trees: &mut impl Iterator<Item = TokenTree>) {
        let mut named = None;
        for tree in trees {
            match tree {
                TokenTree::Ident(ident) if named.is_none() && ident == "mod" => named = Some(String::new()),
                TokenTree::Ident(ident) if named.as_ref().is_some_and(String::is_empty) => {
                    named = Some(ident.to_string())
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
                TokenTree::Punct(punct) if punct.as_char() == ';' => {
                    self.test_modules.extend(named);
                    return;
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tests_are_built_with_is_left_out() {
        let tree = Tree::sample(&[
            ("a", "/// b\nfn c() {}\n#[cfg(test)]\nmod d { fn e() {} }\n#[cfg(test)]\nmod f;"),
            ("src/a/f.rs", "fn g() {}"),
        ]);
        let sources = sources(&tree);
        let [source] = &sources[..] else { panic!("the module of tests is there") };
        let texts: Vec<_> = source.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts, ["fn", "c", "(", ")", "{", "}"]);
        assert_eq!(source.place(0), "src/a.rs:2");
    }
}
