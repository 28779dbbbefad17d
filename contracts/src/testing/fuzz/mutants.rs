//! Bytes that are nearly right: a few cuts, flips and splices away from some that are.

use alloc::vec::Vec;

use crate::testing::dice::Dice;

/// The longest mutant, bytes.
const BYTES_MAX: usize = 64 * 1024;
/// Where lengths and numbers go wrong: the ends of their ranges, and heads of CBOR items.
const EDGES: [&[u8]; 12] = [
    &[0],
    &[0xff],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0xff, 0xff, 0xff, 0xff],
    &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x9b, 0, 0, 0, 1, 0, 0, 0, 0],
    &[0x9f],
    &[0xbf],
    &[0xf6],
    &[0xd8, 0x1c],
    &[0xfb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
];

/// One of the seeds, changed in a few places.
pub fn mutant(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = dice.one_of(seeds).clone();
    for _ in 0..=dice.below(5) {
        change(dice, seeds, &mut bytes);
        bytes.truncate(BYTES_MAX);
    }
    bytes
}

fn change(dice: &mut Dice, seeds: &[Vec<u8>], bytes: &mut Vec<u8>) {
    let (from, to) = span(dice, bytes.len());
    match dice.below(8) {
        0 if from < bytes.len() => bytes[from] ^= 1 << dice.below(8),
        1 if from < bytes.len() => bytes[from] = dice.next() as u8,
        2 => drop(bytes.splice(from..from, dice.next().to_be_bytes())),
        3 => drop(bytes.drain(from..to)),
        4 => bytes.truncate(from),
        5 => {
            let again = bytes[from..to].to_vec();
            drop(bytes.splice(from..from, again));
        }
        6 => {
            let other = dice.one_of(seeds);
            let (a, b) = span(dice, other.len());
            drop(bytes.splice(from..to, other[a..b].iter().copied()));
        }
        _ => {
            let edge = *dice.one_of(&EDGES);
            let over = bytes.len().min(from + edge.len());
            drop(bytes.splice(from..over, edge.iter().copied()));
        }
    }
}

/// A short span of so many bytes.
fn span(dice: &mut Dice, length: usize) -> (usize, usize) {
    let from = dice.below(length as u64 + 1) as usize;
    let most = if dice.per_mille(100) { length } else { 16 };
    let long = dice.below(most as u64 + 1) as usize;
    (from, length.min(from + long))
}
