//! Fills chunks with atoms.

use super::atoms::{Atom, Atoms, Cut};
use super::{Chunk, ChunkParams};

/// Packs atoms into chunks.
pub(super) fn pack(read: &Atoms, params: ChunkParams) -> Vec<Chunk> {
    let atoms = &read.atoms;
    let mut chunks = Vec::new();
    let (mut from, mut done) = (0, 0);
    while done < atoms.len() {
        done = cut(atoms, from, done, params.size());
        chunks.push(chunk(read, from, done));
        from = overlap(atoms, from, done, params);
    }
    chunks
}

/// Where the chunk that begins at `from` ends: the best cut within the size, and past `done`, what earlier chunks hold.
fn cut(atoms: &[Atom], from: usize, done: usize, size: usize) -> usize {
    let mut sum = 0;
    let mut best: Option<(Cut, usize)> = None;
    let mut said = false;
    for (at, atom) in atoms.iter().enumerate().skip(from) {
        if at > done {
            // A section of some length is a chunk of its own; short ones share.
            if atom.cut == Cut::Section && said && sum * 4 >= size {
                return at;
            }
            let enough = sum * 2 >= size || (atom.cut >= Cut::Group && sum * 4 >= size);
            let good = atom.cut > Cut::Bond;
            let better = best.is_none_or(|(cut, _)| atom.cut >= cut);
            if said && good && enough && better {
                best = Some((atom.cut, at));
            }
        }
        sum += atom.tokens;
        if sum > size && at > done {
            // Without a good cut past the half: the last tolerable one, and else wherever the size ends.
            return best.map(|(_, cut)| cut).or_else(|| last_tolerable(atoms, done, at)).unwrap_or(at);
        }
        said |= !atom.heading;
    }
    atoms.len()
}

/// The last place after `done` where a heading or a question is not cut from what belongs to it.
fn last_tolerable(atoms: &[Atom], done: usize, until: usize) -> Option<usize> {
    (done + 1..=until).rev().find(|at| atoms.get(*at).is_some_and(|atom| atom.cut > Cut::Bond))
}

/// Where the next chunk begins: so far back that no more than the overlap is repeated, within the same section, and
/// that the first atom not yet held still fits.
fn overlap(atoms: &[Atom], from: usize, until: usize, params: ChunkParams) -> usize {
    let Some(next) = atoms.get(until) else { return until };
    // At a heading or a new question nothing before it is needed to understand it.
    if next.cut >= Cut::Group {
        return until;
    }
    let most = params.overlap().min(params.size().saturating_sub(next.tokens));
    let mut begin = until;
    let mut sum = 0;
    while begin > from + 1 {
        let Some(atom) = atoms.get(begin - 1) else { break };
        sum += atom.tokens;
        if sum > most || atom.section != next.section || atom.heading {
            break;
        }
        begin -= 1;
    }
    begin
}

/// The chunk of the atoms from `from` up to `until`.
fn chunk(read: &Atoms, from: usize, until: usize) -> Chunk {
    let atoms = read.atoms.get(from..until).unwrap_or_default();
    let said = atoms.iter().find(|atom| !atom.heading).or_else(|| atoms.first());
    let mut path = Vec::new();
    let mut section = said.map(|atom| atom.section);
    while let Some(found) = section.and_then(|at| read.sections.get(at)) {
        if !found.heading.is_empty() {
            path.push(found.heading.clone());
        }
        section = found.above;
    }
    path.reverse();
    Chunk {
        start: atoms.first().map_or(0, |atom| atom.start),
        end: atoms.last().map_or(0, |atom| atom.end),
        heading_path: path,
        tokens: atoms.iter().map(|atom| atom.tokens).sum(),
    }
}
