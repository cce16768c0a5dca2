//! Goes through the sections of a module.

use std::collections::HashMap;

use crate::binary::{Reader, write_u32, write_vector};
use crate::counters::Counters;
use crate::function;
use crate::uncounted::List;

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const GLOBAL: u8 = 6;
const EXPORT: u8 = 7;
const CODE: u8 = 10;

/// The custom section that tells which functions go uncounted: a line for each, its index and its name.
const UNCOUNTED: &str = "uncounted";

/// The module with all its work counted; `None` when it does not count.
pub(crate) fn count(module: &[u8], list: &List, strip: bool) -> Result<Option<Vec<u8>>, String> {
    let sections = sections(module)?;
    let body = |id| sections.iter().find(|section| section.0 == id).map(|section| section.1);
    let Some(code) = body(CODE) else { return Ok(None) };
    let imported = body(IMPORT).map_or(Ok(0), imported_functions)?;
    let constants = body(GLOBAL).map_or(Ok(Vec::new()), global_constants)?;
    let (functions, globals) = body(EXPORT).map_or(Ok(Default::default()), exports)?;
    let addresses = globals
        .into_iter()
        .filter_map(|(name, index)| Some((name, constants.get(index as usize).copied().flatten()?)))
        .collect();
    let Some(counters) = Counters::of(&functions, &addresses)? else { return Ok(None) };
    let names = names(&sections)?;

    let mut uncounted = String::new();
    let mut bodies = Vec::new();
    let mut from = Reader::new(code);
    let count = from.u32()?;
    for index in imported..imported + count {
        let body = from.vector()?;
        let name = names.get(&index).copied().unwrap_or_default();
        if counters.include(index) || list.has(name) {
            uncounted.push_str(&format!("{index} {name}\n"));
            write_vector(&mut bodies, body);
            continue;
        }
        let counted = function::count(body, &counters).map_err(|error| format!("{name}: {error}"))?;
        write_vector(&mut bodies, counted.as_deref().unwrap_or(body));
    }

    let mut result = module[..8].to_vec();
    for (id, body) in sections {
        if id == CODE {
            let mut code = Vec::new();
            write_u32(&mut code, count);
            code.extend_from_slice(&bodies);
            write_section(&mut result, id, &code);
        } else if !(id == CUSTOM && strip && is_for_debugging(body)) {
            write_section(&mut result, id, body);
        }
    }
    let mut section = Vec::new();
    write_vector(&mut section, UNCOUNTED.as_bytes());
    section.extend_from_slice(uncounted.as_bytes());
    write_section(&mut result, CUSTOM, &section);
    Ok(Some(result))
}

fn write_section(to: &mut Vec<u8>, id: u8, body: &[u8]) {
    to.push(id);
    write_vector(to, body);
}

fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>, String> {
    if module.get(..8) != Some(b"\0asm\x01\0\0\0") {
        return Err("this is no core module of WebAssembly".to_owned());
    }
    let mut from = Reader::new(&module[8..]);
    let mut sections = Vec::new();
    while !from.is_empty() {
        sections.push((from.byte()?, from.vector()?));
    }
    Ok(sections)
}

fn is_for_debugging(section: &[u8]) -> bool {
    let name = Reader::new(section).name().unwrap_or_default();
    name == "name" || name == "producers" || name.starts_with(".debug")
}

fn imported_functions(section: &[u8]) -> Result<u32, String> {
    let mut from = Reader::new(section);
    let mut functions = 0;
    for _ in 0..from.u32()? {
        let (module, name) = (from.name()?, from.name()?);
        match from.byte()? {
            0 => {
                from.u32()?;
                functions += 1;
            }
            kind => return Err(format!("the import {module} {name} is of the kind {kind}, which is not expected")),
        }
    }
    Ok(functions)
}

/// The values of globals that are constants of 32 bits.
fn global_constants(section: &[u8]) -> Result<Vec<Option<u32>>, String> {
    let mut from = Reader::new(section);
    let count = from.u32()?;
    let mut constants = Vec::new();
    for _ in 0..count {
        let (_type, _mutable) = (from.byte()?, from.byte()?);
        let value = match from.byte()? {
            0x41 => Some(signed_32(&mut from)?),
            0x42 => {
                from.skip_signed()?;
                None
            }
            code => return Err(format!("a global begins with {code:#x}, which is not expected")),
        };
        if from.byte()? != 0x0b {
            return Err("a global is no constant".to_owned());
        }
        constants.push(value);
    }
    Ok(constants)
}

fn signed_32(from: &mut Reader<'_>) -> Result<u32, String> {
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        let byte = from.byte()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let sign = if byte & 0x40 == 0 { 0 } else { u64::MAX << (shift + 7) };
            return Ok((value | sign) as u32);
        }
    }
    Err("a constant does not end".to_owned())
}

type Named<'a> = HashMap<&'a str, u32>;

/// The indices of exported functions, and of exported globals.
fn exports(section: &[u8]) -> Result<(Named<'_>, Named<'_>), String> {
    let mut from = Reader::new(section);
    let (mut functions, mut globals) = (HashMap::new(), HashMap::new());
    for _ in 0..from.u32()? {
        let (name, kind, index) = (from.name()?, from.byte()?, from.u32()?);
        match kind {
            0 => drop(functions.insert(name, index)),
            3 => drop(globals.insert(name, index)),
            _ => {}
        }
    }
    Ok((functions, globals))
}

/// The names of functions, of the custom section `name`.
fn names<'a>(sections: &[(u8, &'a [u8])]) -> Result<HashMap<u32, &'a str>, String> {
    let mut names = HashMap::new();
    for (id, section) in sections {
        let mut from = Reader::new(section);
        if *id != CUSTOM || from.name()? != "name" {
            continue;
        }
        while !from.is_empty() {
            let (part, content) = (from.byte()?, from.vector()?);
            if part == 1 {
                let mut from = Reader::new(content);
                for _ in 0..from.u32()? {
                    let (index, name) = (from.u32()?, from.name()?);
                    names.insert(index, name);
                }
            }
        }
    }
    Ok(names)
}
