//! The fields of a header: octal numbers and texts that end at a NUL.

/// Why a field of a header cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldError {
    /// GNU's base-256, which can be negative and which not every program knows.
    #[error("is a binary number, where only octal digits are read alike by all")]
    Binary,
    /// Blank, or with something between or behind the digits.
    #[error("is not an octal number")]
    NotOctal,
    /// Bytes behind the NUL, which some programs show and others do not.
    #[error("goes on after its end")]
    AfterEnd,
}

/// A number: spaces, octal digits, then nothing but NULs and spaces.
pub(crate) fn octal(field: &[u8]) -> Result<u64, FieldError> {
    if field.first().is_some_and(|first| first & 0x80 != 0) {
        return Err(FieldError::Binary);
    }
    let field = field.trim_ascii_start();
    let count = field
        .iter()
        .take_while(|byte| (b'0'..=b'7').contains(byte))
        .count();
    let (digits, rest) = field.split_at(count);
    if digits.is_empty() || rest.iter().any(|byte| !matches!(byte, 0 | b' ')) {
        return Err(FieldError::NotOctal);
    }
    // The longest field has 12 digits, which is 36 bits.
    Ok(digits
        .iter()
        .fold(0, |number, digit| number << 3 | u64::from(digit - b'0')))
}

/// A text: up to the first NUL, or the whole field. Behind the NUL there must be nothing else.
pub(crate) fn text(field: &[u8]) -> Result<&[u8], FieldError> {
    let end = field
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(field.len());
    let (text, rest) = field.split_at(end);
    if rest.iter().any(|&byte| byte != 0) {
        return Err(FieldError::AfterEnd);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_every_writer_pads_them() {
        for field in [
            &b"0000644\0"[..],
            b"000644 \0",
            b"   644 \0",
            b"644\0\0\0\0\0",
            b"00000644",
        ] {
            assert_eq!(octal(field), Ok(0o644), "{field:?}");
        }
        assert_eq!(octal(b"777777777777"), Ok((1 << 36) - 1));
    }

    #[test]
    fn numbers_that_programs_read_differently_are_refused() {
        assert_eq!(octal(b"\x80\0\0\0\0\0\0\x05"), Err(FieldError::Binary));
        assert_eq!(octal(b"\xff\xff\xff\xff"), Err(FieldError::Binary));
        for field in [
            &b""[..],
            b"\0\0\0\0",
            b"    ",
            b"-1\0",
            b"0x1f\0",
            b"12 34\0",
            b"8\0",
            b"\x00644",
        ] {
            assert_eq!(octal(field), Err(FieldError::NotOctal), "{field:?}");
        }
    }

    #[test]
    fn nothing_hides_behind_the_end_of_a_text() {
        assert_eq!(text(b"package/a\0\0"), Ok(&b"package/a"[..]));
        assert_eq!(text(b"package/a"), Ok(&b"package/a"[..]));
        assert_eq!(text(b"package/a\0b"), Err(FieldError::AfterEnd));
    }
}
