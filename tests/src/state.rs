//! What a gateway keeps on disk, byte by byte.

use std::path::Path;

/// Every byte of every file in a folder, with the path of the file.
///
/// # Panics
/// When one cannot be read.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the state directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.display().to_string(), std::fs::read(&path).expect("a file of the state directory")));
        }
    }
    files
}

/// How often what SQLite keeps in this folder was written since its log was begun (<https://www.sqlite.org/fileformat2.html#walformat>).
///
/// # Panics
/// When there is no such log.
pub fn writes(folder: &Path) -> usize {
    let (_, log) = files(folder).into_iter().find(|(path, _)| path.ends_with("-wal")).expect("a write-ahead log");
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().expect("four bytes"));
    let (page, salt) = (number(8) as usize, number(16));
    let frames = (32..log.len().saturating_sub(24 + page - 1)).step_by(24 + page);
    // The last frame of a commit says how large the database is then; frames of an older log have another salt.
    frames.filter(|at| number(at + 8) == salt && number(at + 4) != 0).count()
}
