//! Other spellings of the same CBOR: what a strict reader must refuse.

/// A way to write an item otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twist {
    /// A length or number in more bytes than it needs.
    Long,
    /// An indefinite length.
    Indefinite,
    /// The first two entries of a map the other way round.
    Swapped,
    /// The first entry of a map twice.
    Doubled,
    /// An entry under a key that nobody knows, in its right place at the end of a map.
    Unknown,
}

const TWISTS: [Twist; 5] =
    [Twist::Long, Twist::Indefinite, Twist::Swapped, Twist::Doubled, Twist::Unknown];

enum Item {
    Number(u8, u64),
    Text(u8, Vec<u8>),
    Array(Vec<Item>),
    Map(Vec<(Item, Item)>),
    Tag(u64, Box<Item>),
    Simple(u8),
}

/// Every twist of every item of some well-formed CBOR, one at a time.
pub(crate) fn twisted(bytes: &[u8]) -> Vec<(Twist, Vec<u8>)> {
    let mut rest = bytes;
    let item = read(&mut rest);
    assert!(rest.is_empty());
    let mut all = Vec::new();
    for twist in TWISTS {
        for target in 0.. {
            let mut writer = Writer { out: Vec::new(), next: 0, target, twist, done: false };
            writer.item(&item);
            if writer.done {
                all.push((twist, writer.out));
            } else if writer.next <= target {
                break;
            }
        }
    }
    all
}

fn read(rest: &mut &[u8]) -> Item {
    let head = rest[0];
    *rest = &rest[1..];
    let (major, short) = (head >> 5, head & 0x1f);
    let value = if short < 24 {
        u64::from(short)
    } else {
        let (number, left) = rest.split_at(1 << (short - 24));
        *rest = left;
        number.iter().fold(0, |n, b| n << 8 | u64::from(*b))
    };
    match major {
        0 | 1 => Item::Number(major, value),
        2 | 3 => {
            let (text, left) = rest.split_at(value as usize);
            *rest = left;
            Item::Text(major, text.to_vec())
        }
        4 => Item::Array((0..value).map(|_| read(rest)).collect()),
        5 => Item::Map((0..value).map(|_| (read(rest), read(rest))).collect()),
        6 => Item::Tag(value, Box::new(read(rest))),
        _ => Item::Simple(head),
    }
}

struct Writer {
    out: Vec<u8>,
    /// The number of the next item.
    next: usize,
    /// The number of the item to twist.
    target: usize,
    twist: Twist,
    done: bool,
}

impl Writer {
    fn head(&mut self, major: u8, value: u64, long: bool) {
        let major = major << 5;
        match value {
            0..24 if !long => self.out.push(major | value as u8),
            0..0x100 if !long || value < 24 => self.out.extend([major | 24, value as u8]),
            0..0x1_0000 if !long || value < 0x100 => {
                self.out.push(major | 25);
                self.out.extend((value as u16).to_be_bytes());
            }
            0..0x1_0000_0000 if !long || value < 0x1_0000 => {
                self.out.push(major | 26);
                self.out.extend((value as u32).to_be_bytes());
            }
            _ => {
                self.out.push(major | 27);
                self.out.extend(value.to_be_bytes());
            }
        }
    }

    /// Whether this item is the one to twist in this way; where so, the work is done.
    fn takes(&mut self, here: bool, twist: Twist, can: bool) -> bool {
        let takes = here && self.twist == twist && can;
        self.done |= takes;
        takes
    }

    fn item(&mut self, item: &Item) {
        let here = self.next == self.target;
        self.next += 1;
        match item {
            Item::Number(major, value) => {
                let long = self.takes(here, Twist::Long, *value < 1 << 32);
                self.head(*major, *value, long);
            }
            Item::Text(major, text) => self.text(here, *major, text),
            Item::Array(items) => self.array(here, items),
            Item::Map(entries) => self.map(here, entries),
            Item::Tag(tag, inner) => {
                let long = self.takes(here, Twist::Long, true);
                self.head(6, *tag, long);
                self.item(inner);
            }
            Item::Simple(byte) => self.out.push(*byte),
        }
    }

    fn text(&mut self, here: bool, major: u8, text: &[u8]) {
        let indefinite = self.takes(here, Twist::Indefinite, true);
        if indefinite {
            self.out.push(major << 5 | 0x1f);
        }
        let long = self.takes(here, Twist::Long, true);
        self.head(major, text.len() as u64, long);
        self.out.extend_from_slice(text);
        if indefinite {
            self.out.push(0xff);
        }
    }

    fn array(&mut self, here: bool, items: &[Item]) {
        let indefinite = self.takes(here, Twist::Indefinite, true);
        let long = self.takes(here, Twist::Long, true);
        if indefinite {
            self.out.push(0x9f);
        } else {
            self.head(4, items.len() as u64, long);
        }
        items.iter().for_each(|i| self.item(i));
        if indefinite {
            self.out.push(0xff);
        }
    }

    fn map(&mut self, here: bool, entries: &[(Item, Item)]) {
        let indefinite = self.takes(here, Twist::Indefinite, true);
        let long = self.takes(here, Twist::Long, true);
        let swapped = self.takes(here, Twist::Swapped, entries.len() > 1);
        let doubled = self.takes(here, Twist::Doubled, !entries.is_empty());
        let unknown = self.takes(here, Twist::Unknown, true);
        let count = entries.len() + usize::from(doubled) + usize::from(unknown);
        if indefinite {
            self.out.push(0xbf);
        } else {
            self.head(5, count as u64, long);
        }
        let mut order: Vec<usize> = (0..entries.len()).collect();
        if swapped {
            order.swap(0, 1);
        }
        if doubled {
            order.insert(0, 0);
        }
        for i in order {
            self.item(&entries[i].0);
            self.item(&entries[i].1);
        }
        if unknown {
            self.out.extend([0x19, 0x7f, 0xff, 0x00]);
        }
        if indefinite {
            self.out.push(0xff);
        }
    }
}
