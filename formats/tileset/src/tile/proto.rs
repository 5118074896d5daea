//! Protocol buffers, as far as vector tiles need them: a cursor over fields that never reads past its end.

/// What is wrong with a message, and at which byte of the tile.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Where, counted from the start of the tile.
    pub(crate) at: usize,
    /// What, as a phrase.
    pub(crate) what: &'static str,
}

/// A value with its field number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A number in as many bytes as it needs.
    Varint(u64),
    /// A text, bytes, a message or packed numbers.
    Bytes(Message<'a>),
    /// Four or eight bytes, which nothing in a vector tile's structure has.
    Fixed,
}

/// The rest of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    bytes: &'a [u8],
    /// Where `bytes` starts in the tile.
    start: usize,
}

impl<'a> Message<'a> {
    /// A whole tile.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, start: 0 }
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is left, as it is.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Says what is wrong here.
    pub(crate) fn malformed(&self, what: &'static str) -> Malformed {
        Malformed {
            at: self.start,
            what,
        }
    }

    /// The next field and its value; none at the end.
    pub(crate) fn field(&mut self) -> Result<Option<(u64, Value<'a>)>, Malformed> {
        if self.is_empty() {
            return Ok(None);
        }
        let before = *self;
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = self.varint()?;
                let length = usize::try_from(length).map_err(|_too_long| self.breaks_off())?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(before.malformed("a wire type that does not exist")),
        };
        match key >> 3 {
            0 => Err(before.malformed("the field number 0")),
            number => Ok(Some((number, value))),
        }
    }

    /// The next number.
    pub(crate) fn varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for (index, &byte) in self.bytes.iter().enumerate().take(10) {
            if index == 9 && byte > 1 {
                return Err(self.malformed("a number of more than 64 bits"));
            }
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.take(index + 1)?;
                return Ok(number);
            }
        }
        if self.bytes.len() < 10 {
            return Err(self.breaks_off());
        }
        Err(self.malformed("a number of more than 64 bits"))
    }

    /// The next bytes as a message of their own.
    fn take(&mut self, length: usize) -> Result<Self, Malformed> {
        let Some((taken, rest)) = self.bytes.split_at_checked(length) else {
            return Err(self.breaks_off());
        };
        let taken = Self {
            bytes: taken,
            start: self.start,
        };
        self.bytes = rest;
        self.start += length;
        Ok(taken)
    }

    fn breaks_off(&self) -> Malformed {
        self.malformed("a value that goes on past the end")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_one_after_the_other() {
        let mut message = Message::new(b"\x08\x96\x01\x12\x02ab\x1d\0\0\0\0");
        assert_eq!(message.field(), Ok(Some((1, Value::Varint(150)))));
        let Ok(Some((2, Value::Bytes(text)))) = message.field() else {
            panic!("no text");
        };
        assert_eq!(text.bytes(), b"ab");
        assert_eq!(message.field(), Ok(Some((3, Value::Fixed))));
        assert_eq!(message.field(), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let at = |bytes: &[u8]| {
            let mut message = Message::new(bytes);
            loop {
                match message.field() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("nothing is wrong with {bytes:?}"),
                    Err(malformed) => return malformed.at,
                }
            }
        };
        assert_eq!(at(b"\x08\x01\x0b"), 2, "a group");
        assert_eq!(at(b"\x08\x01\x12\x05a"), 4, "a text that goes on");
        assert_eq!(at(b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), 1);
        assert_eq!(at(b"\x08\xff"), 1, "a number that goes on");
        assert_eq!(at(b"\x00\x01"), 0, "the field 0");
    }
}
