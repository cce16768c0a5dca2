//! The index: which tools have which words, and how much each word says about them.

use crate::stem::stem;
use crate::tokens::{together, tokens};
use hashbrown::HashMap;

/// What is searched of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Alias of its server.
    pub server: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its title.
    pub title: Option<&'a str>,
    /// Its description. What follows after 2,000 bytes is not indexed.
    pub description: Option<&'a str>,
    /// The names of its parameters.
    pub parameters: &'a [String],
}

/// BM25's saturation of repeated words.
const K1: f32 = 4.0;

/// Bytes of one field of one tool that are indexed.
const MAX_TEXT_BYTES: usize = 2_000;

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
    Field { weight: 8.0, length: 0.6 },
    Field { weight: 4.0, length: 0.5 },
    Field { weight: 1.0, length: 0.6 },
    Field { weight: 1.0, length: 0.5 },
    Field { weight: 3.0, length: 0.3 },
];

/// An index over a set of tools.
#[derive(Debug)]
pub struct Index {
    /// Every word as it was written, sorted, with the place of its stem in `terms`.
    pub(crate) forms: Vec<(String, u32)>,
    pub(crate) terms: Vec<Term>,
    pub(crate) by_stem: HashMap<String, u32>,
    pub(crate) tools: Vec<Entry>,
}

/// A stem, with the tools that have it in any form.
#[derive(Debug)]
pub(crate) struct Term {
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

impl Index {
    /// Indexes tools. A tool is known by its place in the slice.
    pub fn new(documents: &[Document]) -> Self {
        let mut words = Words::default();
        let lengths: Vec<Lengths> =
            (0..).zip(documents).map(|(tool, document)| words.count_document(tool, document)).collect();
        let averages = averages(&lengths);
        let terms = words.counts.iter().map(|counts| Term {
            rarity: rarity(counts.len(), documents.len()),
            postings: counts.iter().map(|counts| posting(counts, &lengths, &averages)).collect(),
        });
        let terms = terms.collect();
        let mut forms: Vec<(String, u32)> = words.forms.into_iter().collect();
        forms.sort_unstable();
        Index { forms, terms, by_stem: words.by_stem, tools: entries(documents, &lengths) }
    }
}

/// How many words each field of a tool has.
type Lengths = [u16; FIELDS.len()];

/// The counts of a stem in the fields of a tool.
struct Counts {
    tool: u32,
    fields: [u16; FIELDS.len()],
}

/// The words that were met, while an index is built.
#[derive(Default)]
struct Words {
    forms: HashMap<String, u32>,
    by_stem: HashMap<String, u32>,
    counts: Vec<Vec<Counts>>,
}

impl Words {
    fn count_document(&mut self, tool: u32, document: &Document) -> Lengths {
        let mut lengths = [0; FIELDS.len()];
        let mut add = |field: usize, text: &str| {
            tokens(start(text), |word| {
                lengths[field] += 1;
                self.count(tool, field, word);
            });
        };
        add(NAME, document.name);
        add(TITLE, document.title.unwrap_or_default());
        add(DESCRIPTION, document.description.unwrap_or_default());
        document.parameters.iter().for_each(|name| add(PARAMETERS, name));
        add(SERVER, document.server);
        if lengths[NAME] > 1 {
            // "readfile" means `read_file`; the word does not make the name longer.
            self.count(tool, NAME, &together(start(document.name)));
        }
        lengths
    }

    fn count(&mut self, tool: u32, field: usize, word: &str) {
        let term = match self.forms.get(word) {
            Some(term) => *term,
            None => self.new_form(word),
        };
        let counts = &mut self.counts[term as usize];
        match counts.last_mut() {
            Some(last) if last.tool == tool => last.fields[field] += 1,
            _ => {
                let mut fields = [0; FIELDS.len()];
                fields[field] = 1;
                counts.push(Counts { tool, fields });
            }
        }
    }

    /// Gives a word that was not met before its place among the stems.
    fn new_form(&mut self, word: &str) -> u32 {
        let next = self.counts.len() as u32;
        let term = *self.by_stem.entry(stem(word).to_string()).or_insert(next);
        if term == next {
            self.counts.push(Vec::new());
        }
        self.forms.insert(word.to_string(), term);
        term
    }
}

/// The part of a text that is indexed.
fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}

fn averages(lengths: &[Lengths]) -> [f32; FIELDS.len()] {
    std::array::from_fn(|field| {
        let total: u32 = lengths.iter().map(|lengths| u32::from(lengths[field])).sum();
        (total as f32 / lengths.len() as f32).max(1.0)
    })
}

fn posting(counts: &Counts, lengths: &[Lengths], averages: &[f32; FIELDS.len()]) -> Posting {
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

fn entries(documents: &[Document], lengths: &[Lengths]) -> Vec<Entry> {
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
