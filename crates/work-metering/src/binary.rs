//! Reads and writes the integers and vectors of the binary format.

/// What is left to read of some bytes.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| format!("it ends within {count} bytes at {}", self.at))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    pub(crate) fn u32(&mut self) -> Result<u32, String> {
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| format!("an integer at {} is too large", self.at));
            }
        }
        Err(format!("an integer at {} does not end", self.at))
    }

    /// Passes over a signed integer, of 32, 33 or 64 bits.
    pub(crate) fn skip_signed(&mut self) -> Result<(), String> {
        while self.byte()? & 0x80 != 0 {}
        Ok(())
    }

    pub(crate) fn vector(&mut self) -> Result<&'a [u8], String> {
        let length = self.u32()?;
        self.take(length as usize)
    }

    pub(crate) fn name(&mut self) -> Result<&'a str, String> {
        std::str::from_utf8(self.vector()?).map_err(|error| error.to_string())
    }
}

pub(crate) fn write_u32(to: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// `i32.const`, of a value that is not negative.
pub(crate) fn write_i32_const(to: &mut Vec<u8>, mut value: u32) {
    to.push(0x41);
    while value >= 0x40 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

pub(crate) fn write_vector(to: &mut Vec<u8>, bytes: &[u8]) {
    write_u32(to, bytes.len() as u32);
    to.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for value in [0, 1, 63, 64, 127, 128, 8191, 8192, 1 << 20, u32::MAX] {
            let mut bytes = Vec::new();
            write_u32(&mut bytes, value);
            assert_eq!(Reader::new(&bytes).u32(), Ok(value));
        }
        let mut constant = Vec::new();
        write_i32_const(&mut constant, 64);
        assert_eq!(constant, [0x41, 0xc0, 0x00], "the sign is not set");
        assert!(Reader::new(&[0x80]).u32().is_err());
        assert!(Reader::new(&[5, 1]).vector().is_err());
    }
}
