//! Ranking the tools of an index for a query.

use crate::distance::within;
use crate::index::{Index, Posting};
use crate::stem::stem;
use crate::synonyms::synonyms;
use crate::tokens::tokens;

/// The rest of a longer query is not looked at.
pub const MAX_QUERY_CHARACTERS: usize = 400;

/// Words of a query that are looked at.
const MAX_WORDS: usize = 24;

/// Words that say nothing about a tool, unless there are no others.
const STOP_WORDS: [&str; 31] = [
    "a", "an", "and", "any", "are", "as", "at", "by", "can", "do", "for", "from", "how", "i", "in", "into", "is", "it",
    "me", "my", "of", "on", "or", "some", "that", "the", "this", "to", "tool", "want", "with",
];

/// How much a word counts that starts with a word of the query, or is nearly one.
const PREFIX: f32 = 0.7;
const TYPO: f32 = 0.6;

/// How much a word counts that servers use for the same thing.
const SYNONYM: f32 = 0.5;

/// Characters of a word that can stand for a longer one.
const MIN_PREFIX: usize = 3;

/// What fits a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The tools of the page, best first, by their place in what was indexed.
    pub tools: Vec<usize>,
    /// How many fit in all.
    pub total: usize,
}

impl Index {
    /// The tools that fit a query, best first, without the first `offset`, at most `limit`; only those of
    /// `server` where one is given. An empty text or `*` fits every tool; ties, and such a query, are in
    /// order of server and name.
    pub fn search(&self, text: &str, server: Option<&str>, offset: usize, limit: usize) -> Ranked {
        let words = words(text);
        let browses = words.is_empty() && matches!(text.trim(), "" | "*");
        let mut found: Vec<(f32, u32, usize)> = self
            .scores(&words)
            .into_iter()
            .enumerate()
            .filter(|(tool, score)| {
                (browses || *score > 0.0) && server.is_none_or(|server| self.tools[*tool].server == server)
            })
            .map(|(tool, score)| (score, self.tools[tool].place, tool))
            .collect();
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let total = found.len();
        Ranked { tools: found.into_iter().skip(offset).take(limit).map(|(.., tool)| tool).collect(), total }
    }

    fn scores(&self, words: &[String]) -> Vec<f32> {
        let mut scores = vec![0.0; self.tools.len()];
        let mut matched = vec![0_u32; self.tools.len()];
        let mut in_name = vec![0_u32; self.tools.len()];
        for word in words {
            // Of all the words that this one may mean, the best counts.
            let mut best: Vec<(f32, bool)> = vec![(0.0, false); self.tools.len()];
            for (postings, rarity, likeness) in self.meant(word) {
                for posting in postings {
                    let score = likeness * rarity * posting.weight;
                    let (most, named) = &mut best[posting.tool as usize];
                    *most = most.max(score);
                    *named |= posting.in_name;
                }
            }
            for (tool, (score, named)) in best.into_iter().enumerate().filter(|(_, (score, _))| *score > 0.0) {
                scores[tool] += score;
                matched[tool] += 1;
                in_name[tool] += u32::from(named);
            }
        }
        for (tool, score) in scores.iter_mut().enumerate() {
            // A tool that has all the words beats one that has a single rare one many times, and a name that
            // the query says whole beats one of which it says a part.
            let covered = matched[tool] as f32 / words.len().max(1) as f32;
            let named = in_name[tool] as f32 / self.tools[tool].name_words.max(1) as f32;
            *score *= (0.4 + 0.6 * covered) * (1.0 + 0.5 * named.min(1.0));
        }
        scores
    }

    /// The postings of the stems that a word of the query may mean, with how rare and how like the word each is.
    fn meant(&self, word: &str) -> Vec<(&[Posting], f32, f32)> {
        let mut meant: Vec<(u32, f32)> = Vec::new();
        let mut add = |term: u32, likeness: f32| {
            match meant.iter_mut().find(|(known, _)| *known == term) {
                Some((_, known)) => *known = known.max(likeness),
                None => meant.push((term, likeness)),
            };
        };
        let own = stem(word);
        self.by_stem.get(own).iter().for_each(|term| add(**term, 1.0));
        let mut found = self.by_stem.contains_key(own);
        let length = word.chars().count();
        if length >= MIN_PREFIX {
            let start = self.forms.partition_point(|(form, _)| form.as_str() < word);
            for (form, term) in self.forms[start..].iter().take_while(|(form, _)| form.starts_with(word)) {
                let longer = form.chars().count();
                add(*term, PREFIX * (0.5 + 0.5 * length as f32 / longer as f32));
                found = true;
            }
        }
        for synonym in synonyms(own) {
            self.by_stem.get(synonym).iter().for_each(|term| add(**term, SYNONYM));
        }
        let edits = match length {
            _ if found => 0,
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        };
        if edits > 0 {
            self.near(word, edits).for_each(|term| add(term, TYPO));
        }
        // A rare synonym or longer word is no better a match than the word itself.
        let rarest = self.by_stem.get(own).map_or(f32::MAX, |term| self.terms[*term as usize].rarity);
        let weighed = meant.into_iter().map(|(term, likeness)| {
            let term = &self.terms[term as usize];
            (term.postings.as_slice(), term.rarity.min(rarest), likeness)
        });
        weighed.collect()
    }

    /// The stems of which some form is at most `edits` away from a word.
    fn near(&self, word: &str, edits: usize) -> impl Iterator<Item = u32> {
        let characters: Vec<char> = word.chars().collect();
        self.forms.iter().filter_map(move |(form, term)| {
            let near = if word.is_ascii() && form.is_ascii() {
                form.len() >= MIN_PREFIX && within(word.as_bytes(), form.as_bytes(), edits)
            } else {
                within(&characters, &form.chars().collect::<Vec<_>>(), edits)
            };
            near.then_some(*term)
        })
    }
}

/// The words of a query, each once, without stop words where there are others.
fn words(text: &str) -> Vec<String> {
    let bounded: String = text.chars().take(MAX_QUERY_CHARACTERS).collect();
    let mut words: Vec<String> = Vec::new();
    tokens(&bounded, |token| {
        if words.len() < MAX_WORDS && words.iter().all(|word| word != token) {
            words.push(token.to_string());
        }
    });
    if words.iter().any(|word| !STOP_WORDS.contains(&word.as_str())) {
        words.retain(|word| !STOP_WORDS.contains(&word.as_str()));
    }
    words
}
