//! The index: which tools have which words, and how much each word says about them.

use crate::tokens::tokens;
use std::collections::HashMap;

/// What is searched of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Alias of its server.
    pub server: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its title.
    pub title: Option<&'a str>,
    /// Its description. Words after the first 400 are not indexed.
    pub description: Option<&'a str>,
    /// The names of its parameters.
    pub parameters: &'a [String],
}

/// BM25's saturation of repeated words.
const K1: f32 = 1.2;

/// Words of one field of one tool that are indexed.
const MAX_WORDS: usize = 400;

/// A field, with its weight and how much its length counts against it (BM25's `b`).
struct Field {
    weight: f32,
    length: f32,
}

const NAME: usize = 0;
const TITLE: usize = 1;
const DESCRIPTION: usize = 2;
const PARAMETERS: usize = 3;
const SERVER: usize = 4;

const FIELDS: [Field; 5] = [
    Field { weight: 6.0, length: 0.6 },
    Field { weight: 3.0, length: 0.5 },
    Field { weight: 1.0, length: 0.6 },
    Field { weight: 0.6, length: 0.5 },
    Field { weight: 2.0, length: 0.3 },
];

/// An index over a set of tools.
#[derive(Debug)]
pub struct Index {
    /// Every word, sorted, with the tools that have it.
    pub(crate) terms: Vec<Term>,
    pub(crate) tools: Vec<Entry>,
}

#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) word: String,
    pub(crate) rarity: f32,
    pub(crate) postings: Vec<Posting>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) tool: u32,
    /// BM25's term weight, saturated, without the rarity.
    pub(crate) weight: f32,
    pub(crate) in_name: bool,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) server: String,
    /// Place in the order of server, then name.
    pub(crate) place: u32,
    pub(crate) name_words: u32,
}

/// The counts of a word in the fields of a tool.
struct Counts {
    tool: u32,
    fields: [u16; FIELDS.len()],
}

impl Index {
    /// Indexes tools. A tool is known by its place in the slice.
    pub fn new(documents: &[Document]) -> Self {
        let mut words: HashMap<String, Vec<Counts>> = HashMap::new();
        let mut lengths = Vec::with_capacity(documents.len());
        for (tool, document) in (0_u32..).zip(documents) {
            lengths.push(count(tool, document, &mut words));
        }
        let averages = averages(&lengths);
        let mut terms: Vec<Term> = words
            .into_iter()
            .map(|(word, counts)| Term {
                word,
                rarity: rarity(counts.len(), documents.len()),
                postings: counts.iter().map(|counts| posting(counts, &lengths, &averages)).collect(),
            })
            .collect();
        terms.sort_unstable_by(|a, b| a.word.cmp(&b.word));
        Index { terms, tools: entries(documents, &lengths) }
    }
}

/// Counts the words of a tool; gives the length of each field.
fn count(tool: u32, document: &Document, words: &mut HashMap<String, Vec<Counts>>) -> [u16; FIELDS.len()] {
    let mut lengths = [0; FIELDS.len()];
    let mut add = |field: usize, text: &str| {
        tokens(text, |word| {
            if usize::from(lengths[field]) >= MAX_WORDS {
                return;
            }
            lengths[field] += 1;
            let counts = match words.get_mut(word) {
                Some(counts) => counts,
                None => words.entry(word.to_string()).or_default(),
            };
            match counts.last_mut() {
                Some(last) if last.tool == tool => last.fields[field] += 1,
                _ => {
                    let mut fields = [0; FIELDS.len()];
                    fields[field] = 1;
                    counts.push(Counts { tool, fields });
                }
            }
        });
    };
    add(NAME, document.name);
    add(TITLE, document.title.unwrap_or_default());
    add(DESCRIPTION, document.description.unwrap_or_default());
    document.parameters.iter().for_each(|name| add(PARAMETERS, name));
    add(SERVER, document.server);
    lengths
}

fn averages(lengths: &[[u16; FIELDS.len()]]) -> [f32; FIELDS.len()] {
    std::array::from_fn(|field| {
        let total: u32 = lengths.iter().map(|lengths| u32::from(lengths[field])).sum();
        (total as f32 / lengths.len() as f32).max(1.0)
    })
}

fn posting(counts: &Counts, lengths: &[[u16; FIELDS.len()]], averages: &[f32; FIELDS.len()]) -> Posting {
    let lengths = &lengths[counts.tool as usize];
    let weighted: f32 = (0..FIELDS.len())
        .map(|field| {
            let relative = f32::from(lengths[field]) / averages[field];
            let Field { weight, length } = FIELDS[field];
            weight * f32::from(counts.fields[field]) / (1.0 - length + length * relative)
        })
        .sum();
    Posting { tool: counts.tool, weight: weighted / (K1 + weighted), in_name: counts.fields[NAME] > 0 }
}

/// BM25's inverse document frequency; never negative.
fn rarity(with: usize, of: usize) -> f32 {
    let (with, of) = (with as f32, of as f32);
    (1.0 + (of - with + 0.5) / (with + 0.5)).ln()
}

fn entries(documents: &[Document], lengths: &[[u16; FIELDS.len()]]) -> Vec<Entry> {
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by_key(|&tool| (documents[tool].server, documents[tool].name));
    let mut places = vec![0; documents.len()];
    for (place, tool) in (0_u32..).zip(order) {
        places[tool] = place;
    }
    documents
        .iter()
        .zip(places)
        .zip(lengths)
        .map(|((document, place), lengths)| Entry {
            server: document.server.to_string(),
            place,
            name_words: u32::from(lengths[NAME]),
        })
        .collect()
}
