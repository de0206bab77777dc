//! A buffer that leaves no copy of what was written into it: it is wiped when it grows and when it is dropped.

use std::io;
use zeroize::Zeroizing;

/// Where a body is written before it is sealed. A plain `Vec` leaves its old content behind each time it grows.
pub(crate) struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    /// Room for a common body, so that it seldom grows.
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(1024)))
    }

    /// The bytes; whoever takes them wipes them.
    pub(crate) fn take(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}

impl io::Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            larger.extend_from_slice(&self.0);
            // The former buffer is wiped where it lies.
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn what_is_written_comes_out_and_the_buffer_never_grows_by_itself() {
        let mut buffer = Wiped::new();
        let text: Vec<u8> = (0..10_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        for part in text.chunks(97) {
            let before = buffer.0.capacity();
            let fits = buffer.0.len() + part.len() <= before;
            buffer.write_all(part).unwrap();
            assert!(!fits || buffer.0.capacity() == before);
        }
        assert_eq!(buffer.take(), text);
    }
}
