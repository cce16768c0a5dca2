use crate::Counts;
use crate::name::Name;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Counts rows together until they take `excess_bytes` less: at first the tools of a key and server, then the servers of a
/// key, then all. Those of the least calls go first, of the keys that have the most rows: one that makes names up takes
/// none from others. One row remains in any case.
pub(crate) fn fold(
    rows: &mut BTreeMap<Name, Counts>,
    excess_bytes: usize,
    length_bytes: impl Fn(&Name, &Counts) -> usize,
) {
    // In the JSON of the record a comma goes with every row that goes.
    let length_bytes = |name: &Name, counts: &Counts| length_bytes(name, counts) + 1;
    let (mut removed_bytes, mut added_bytes) = (0, 0);
    let steps: [fn(&Name) -> Name; 3] = [Name::other_tools, Name::other_servers, |_| Name::other()];
    for wider in steps {
        for name in least_first(rows, wider) {
            if removed_bytes >= added_bytes + excess_bytes {
                return;
            }
            let Some(counts) = rows.remove(&name) else { continue };
            removed_bytes += length_bytes(&name, &counts);
            let target = wider(&name);
            let mut sum = Counts::default();
            if let Some(counts) = rows.get(&target) {
                removed_bytes += length_bytes(&target, counts);
                sum = *counts;
            }
            sum.add(&counts);
            added_bytes += length_bytes(&target, &sum);
            rows.insert(target, sum);
        }
    }
}

/// The rows that have others to be counted with, in the order in which they go.
fn least_first(rows: &BTreeMap<Name, Counts>, wider: fn(&Name) -> Name) -> Vec<Name> {
    let mut sizes = BTreeMap::<Name, usize>::new();
    for name in rows.keys() {
        *sizes.entry(wider(name)).or_default() += 1;
    }
    let goes = |name: &Name| {
        let target = wider(name);
        target != *name && sizes.get(&target).is_some_and(|size| *size > 1)
    };
    let mut names: Vec<(&Name, u64)> =
        rows.iter().filter(|(name, _)| goes(name)).map(|(name, counts)| (name, counts.calls)).collect();
    names.sort_by_key(|(_, calls)| *calls);
    // How many rows of its key have more calls: where none of a key is left, others have as many each.
    let mut passed = BTreeMap::<&str, usize>::new();
    let mut ranked: Vec<(usize, u64, &Name)> = Vec::with_capacity(names.len());
    for (name, calls) in names.into_iter().rev() {
        let before = passed.entry(&name.key).or_default();
        ranked.push((*before, calls, name));
        *before += 1;
    }
    ranked.sort_by_key(|(before, calls, _)| (Reverse(*before), *calls));
    ranked.into_iter().map(|(_, _, name)| name.clone()).collect()
}
