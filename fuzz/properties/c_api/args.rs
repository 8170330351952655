//! The arguments of one call, built from the bytes of an instruction and valid until the call returns.

use std::ffi::c_void;
use std::mem::{MaybeUninit, size_of};
use std::ptr;

use super::declared::Text;

/// The kind of text that a function expects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TextType {
    /// UTF-8.
    Utf8,
    /// Any bytes.
    Bytes,
    /// A password for an evaluation: UTF-8 without NUL, not NULL.
    Password,
    /// Bytes of a current password: not NULL.
    Typed,
}

/// The bytes of an instruction after its function, and whether an invalid argument was built from them.
pub(super) struct CallArgs<'p> {
    bytes: &'p [u8],
    pub(super) wrong: bool,
    /// Copies of exactly the size, so that a sanitizer detects reads past the end or after the call.
    copies: Vec<Box<[u8]>>,
}

/// From this value on, a byte chooses a hostile text.
const HOSTILE: u8 = 0xC0;

/// NULL with length 0.
pub(super) const NONE: Text = Text { data: ptr::null(), length: 0 };

impl<'p> CallArgs<'p> {
    pub(super) fn new(bytes: &'p [u8]) -> CallArgs<'p> {
        CallArgs { bytes, wrong: false, copies: Vec::new() }
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// A small number, or one that is out of range for every list.
    pub(super) fn index(&mut self) -> usize {
        match self.byte() {
            0xFF => usize::MAX,
            0xFE => 1 << 40,
            byte => usize::from(byte) % 12,
        }
    }

    pub(super) fn number(&mut self) -> u64 {
        self.pick(&[1, 0, 2, 5, 60, 3600, u64::MAX, 1 << 63])
    }

    /// A value of an enum: small, or out of range.
    pub(super) fn kind(&mut self) -> u32 {
        self.pick(&[0, 1, 2, 3, 4, 99, u32::MAX])
    }

    /// A time, mostly soon after the others.
    pub(super) fn moment(&mut self) -> i64 {
        const NOW: i64 = 1_795_392_000;
        self.pick(&[NOW, NOW + 1, NOW + 61, NOW + 601, NOW + 7201, NOW - 60, 0, -1, i64::MIN, i64::MAX])
    }

    /// A copy of these bytes.
    pub(super) fn copy(&mut self, bytes: &[u8]) -> Text {
        let copy: Box<[u8]> = bytes.into();
        let text = Text { data: copy.as_ptr(), length: copy.len() };
        self.copies.push(copy);
        text
    }

    /// One of the texts, those that the library returned first, or a hostile one.
    pub(super) fn text(&mut self, form: TextType, came_out: &[Vec<u8>], known: &[&[u8]]) -> Text {
        let byte = self.byte();
        if byte >= HOSTILE {
            return self.hostile(byte - HOSTILE, form);
        }
        let at = usize::from(byte) % (came_out.len() + known.len());
        match came_out.iter().rev().nth(at) {
            Some(bytes) => self.copy(bytes),
            None => self.copy(known[at - came_out.len()]),
        }
    }

    fn hostile(&mut self, which: u8, form: TextType) -> Text {
        let is_text = form == TextType::Utf8 || form == TextType::Password;
        // Only passwords contain the canary.
        let plain = if form == TextType::Password || form == TextType::Typed { "c4n4ry" } else { "heron!" };
        let elsewhere = ptr::dangling::<u8>();
        match which % 12 {
            0 => {
                self.wrong |= form == TextType::Password || form == TextType::Typed;
                NONE
            }
            1 => self.refused(Text { data: ptr::null(), length: 1 }),
            2 => self.refused(Text { data: elsewhere, length: isize::MAX as usize + 1 }),
            3 => self.refused(Text { data: elsewhere, length: usize::MAX }),
            4 => {
                self.wrong |= is_text;
                self.copy(&[plain.as_bytes(), b"\xFF"].concat())
            }
            // Truncated within a character.
            5 => {
                self.wrong |= is_text;
                self.copy(&[plain.as_bytes(), &"张".as_bytes()[..2]].concat())
            }
            6 => {
                self.wrong |= form == TextType::Password;
                self.copy(format!("{plain}\0Heron-73").as_bytes())
            }
            7 => self.copy(b""),
            8 => self.copy(format!("{plain} 张三 é ").repeat(300).as_bytes()),
            9 => self.copy("{name}\u{202e}\u{feff}\n\"\\".as_bytes()),
            // Not readable at all, with length 0.
            10 => Text { data: elsewhere, length: 0 },
            _ => self.copy(&[b'a'; 257]),
        }
    }

    fn refused(&mut self, text: Text) -> Text {
        self.wrong = true;
        text
    }

    /// An array of these, NULL, or a count above the limit.
    pub(super) fn array<T: Copy>(&mut self, of: &[T], max: usize) -> (*const T, usize) {
        match self.byte() {
            0xFF => {
                self.wrong = true;
                (ptr::null(), of.len().max(1))
            }
            0xFE => {
                self.wrong = true;
                (ptr::dangling(), max + 1)
            }
            0xFD => (ptr::null(), 0),
            _ => (self.laid_out(of, 0), of.len()),
        }
    }

    /// A valid struct.
    pub(super) fn copy_of<T: Copy>(&mut self, value: T) -> *const T {
        self.laid_out(&[value], 0)
    }

    /// A copy, `shift` bytes after the start of an allocation.
    fn laid_out<T: Copy>(&mut self, of: &[T], shift: usize) -> *const T {
        let mut copy = vec![0; shift + size_of_val(of)].into_boxed_slice();
        // SAFETY: the copy has this many bytes after `shift`.
        unsafe { ptr::copy_nonoverlapping(of.as_ptr().cast::<u8>(), copy[shift..].as_mut_ptr(), size_of_val(of)) };
        self.copies.push(copy);
        self.copies.last().map_or(ptr::null(), |copy| copy[shift..].as_ptr().cast())
    }

    /// A struct to be read, whose first field is its size: valid, or as an older, a newer or a careless caller passes it.
    pub(super) fn options<T: Copy>(&mut self, value: T) -> *const c_void {
        let place = self.place(
            |bytes| {
                // SAFETY: the bytes of a plain struct.
                let of = unsafe { std::slice::from_raw_parts((&raw const value).cast::<u8>(), size_of::<T>()) };
                let known = bytes.len().min(of.len());
                bytes[..known].copy_from_slice(&of[..known]);
            },
            size_of::<T>(),
        );
        self.wrong |= place.has_unknown;
        place.pointer.cast_const().cast()
    }

    /// A struct to be written, full of garbage.
    pub(super) fn filled_in<T>(&mut self) -> Place {
        self.place(|bytes| bytes.fill(0xAA), size_of::<T>())
    }

    fn place(&mut self, fill: impl FnOnce(&mut [u8]), size: usize) -> Place {
        // The size that the struct states, its real size, and where it begins.
        let (stated, real, shift) = match self.byte() % 16 {
            1 => (0, size, 0),
            2 => (7, size, 0),
            3 => (usize::MAX, size_of::<usize>(), 0),
            4 => (4097, size_of::<usize>(), 0),
            5 => {
                self.wrong = true;
                return Place { pointer: ptr::null_mut(), size: 0, has_unknown: false };
            }
            6 | 7 => (size + 16, size + 16, 0),
            8 => (size - 8, size - 8, 0),
            9 => (size_of::<usize>(), size_of::<usize>(), 0),
            10 => (size, size, 1),
            _ => (size, size, 0),
        };
        let is_size = (size_of::<usize>()..=4096).contains(&stated);
        self.wrong |= !is_size;
        let mut copy = vec![0; shift + real].into_boxed_slice();
        fill(&mut copy[shift..]);
        copy[shift..shift + size_of::<usize>()].copy_from_slice(&stated.to_ne_bytes());
        // Every other time, a field that the library does not know is set.
        let has_unknown = is_size && stated > size && self.byte().is_multiple_of(2);
        if has_unknown && let Some(last) = copy.last_mut() {
            *last = 1;
        }
        let pointer = copy[shift..].as_mut_ptr();
        self.copies.push(copy);
        Place { pointer, size: if is_size { stated } else { 0 }, has_unknown }
    }
}

/// A struct in memory of the caller.
pub(super) struct Place {
    pub(super) pointer: *mut u8,
    /// The bytes that may be written; 0 if the stated size is invalid.
    size: usize,
    has_unknown: bool,
}

impl Place {
    /// The bytes after the size.
    pub(super) fn contents(&self) -> &[u8] {
        if self.size == 0 {
            return &[];
        }
        // SAFETY: it is valid until the call returns, and has this size.
        unsafe { std::slice::from_raw_parts(self.pointer, self.size) }
            .get(size_of::<usize>()..)
            .unwrap_or_default()
    }

    /// The struct, if it has all fields of this version.
    pub(super) fn known<T: Copy>(&self) -> Option<T> {
        // SAFETY: it has this size, and the library wrote it.
        (self.size >= size_of::<T>()).then(|| unsafe { ptr::read_unaligned(self.pointer.cast()) })
    }
}

/// A value of an enum of the library with any number.
pub(super) fn enum_of<E>(number: u32) -> MaybeUninit<E> {
    assert_eq!(size_of::<E>(), size_of::<u32>());
    let mut value = MaybeUninit::<E>::uninit();
    // SAFETY: it has 32 bits.
    unsafe { value.as_mut_ptr().cast::<u32>().write(number) };
    value
}

/// The number of a value of an enum.
pub(super) fn number_of<E>(value: MaybeUninit<E>) -> u32 {
    assert_eq!(size_of::<E>(), size_of::<u32>());
    // SAFETY: it has 32 bits, which the library wrote.
    unsafe { value.as_ptr().cast::<u32>().read() }
}
