//! Initialization vectors: from the operating system's generator alone, asked for sixteen at a time.
//!
//! One system call per body costs a third of what the cipher does, so a thread asks for a few at once and hands each out
//! once: it is taken out of the thread's stock, which no other thread reaches, and leaves zeros behind.
//!
//! A forked child starts with a copy of the forking thread's stock, and both would go on with the same vectors. So a stock
//! belongs to the process that asked for it, and its id is compared at every body. The rest of the client would not survive
//! a fork (the runtime's other threads are gone in the child), but that is no reason to let a vector come twice. What no
//! process can notice is a snapshot of the whole machine that is started twice: up to fifteen vectors per thread are then in both.

use super::NoRandomness;
use std::cell::RefCell;

pub(super) const BYTES: usize = 16;
/// 256 bytes: as much as Linux promises to give in one piece.
const STOCK: usize = 16;

thread_local! {
    static OWN: RefCell<Stock> = const { RefCell::new(Stock::empty()) };
}

/// A vector that was never handed out before.
pub(super) fn fresh() -> Result<[u8; BYTES], NoRandomness> {
    OWN.with_borrow_mut(|stock| {
        stock.take(std::process::id(), |bytes| getrandom::fill(bytes).map_err(|_| NoRandomness))
    })
}

/// Vectors that wait for their use; those before `left` are good.
struct Stock {
    vectors: [[u8; BYTES]; STOCK],
    left: usize,
    process: u32,
}

impl Stock {
    const fn empty() -> Self {
        Self { vectors: [[0; BYTES]; STOCK], left: 0, process: 0 }
    }

    fn take(
        &mut self,
        process: u32,
        fill: impl FnOnce(&mut [u8]) -> Result<(), NoRandomness>,
    ) -> Result<[u8; BYTES], NoRandomness> {
        if self.left == 0 || self.process != process {
            // Empty until it is filled: what a failure leaves half-written is not used.
            self.left = 0;
            fill(self.vectors.as_flattened_mut())?;
            (self.left, self.process) = (STOCK, process);
        }
        self.left -= 1;
        Ok(std::mem::take(&mut self.vectors[self.left]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// A generator that counts: every byte sequence of a refill differs from all others.
    fn counting(fills: &mut u8) -> impl FnOnce(&mut [u8]) -> Result<(), NoRandomness> {
        *fills += 1;
        let fill = *fills;
        move |bytes| {
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = if at.is_multiple_of(BYTES) { fill } else { u8::try_from(at / BYTES + 1).unwrap_or(0) };
            }
            Ok(())
        }
    }

    #[test]
    fn each_vector_is_handed_out_once_and_leaves_zeros() {
        let (mut stock, mut asked, mut seen) = (Stock::empty(), 0, HashSet::new());
        for n in 0..3 * STOCK {
            let mut fills = asked;
            let next = counting(&mut fills);
            let vector = stock.take(7, |bytes| {
                asked += 1;
                next(bytes)
            });
            assert!(seen.insert(vector.unwrap()), "the {n}th came before");
            assert_eq!(stock.vectors[stock.left], [0; BYTES]);
        }
        assert_eq!(asked, 3);
    }

    #[test]
    fn a_forked_child_does_not_use_its_parents_stock() {
        let (mut parent, mut fills) = (Stock::empty(), 0);
        parent.take(7, counting(&mut fills)).unwrap();
        // What a fork does: the same memory under another process id.
        let mut child = Stock { vectors: parent.vectors, left: parent.left, process: parent.process };
        let drain = |stock: &mut Stock, process, fills: &mut u8| -> HashSet<[u8; BYTES]> {
            (0..STOCK - 1).map(|_| stock.take(process, counting(fills)).unwrap()).collect()
        };
        let of_child = drain(&mut child, 8, &mut fills);
        let of_parent = drain(&mut parent, 7, &mut fills);
        assert!(of_child.is_disjoint(&of_parent));
    }

    #[test]
    fn without_randomness_there_is_no_vector_and_none_of_an_old_or_half_filled_stock() {
        let (mut stock, mut fills) = (Stock::empty(), 0);
        let failing = |bytes: &mut [u8]| {
            bytes[0] = 1;
            Err(NoRandomness)
        };
        assert_eq!(stock.take(7, failing), Err(NoRandomness));
        assert_eq!(stock.take(7, failing), Err(NoRandomness));
        stock.take(7, counting(&mut fills)).unwrap();
        // Another process, and the generator fails: the parent's stock is gone too.
        assert_eq!(stock.take(8, failing), Err(NoRandomness));
        assert_eq!(stock.take(7, failing), Err(NoRandomness));
    }

    #[test]
    fn eight_threads_never_get_the_same_vector() {
        let threads: Vec<_> =
            (0..8).map(|_| std::thread::spawn(|| (0..2_000).map(|_| fresh().unwrap()).collect::<Vec<_>>())).collect();
        let mut seen = HashSet::new();
        for thread in threads {
            for vector in thread.join().unwrap() {
                assert!(seen.insert(vector), "a vector came twice");
            }
        }
        assert_eq!(seen.len(), 16_000);
        assert!(!seen.contains(&[0; BYTES]));
    }
}
