//! Delta debugging: the shortest part of a list that still brings the failure about.

/// Leaves out ever smaller parts, until none can be left out. `fails` says whether a part still fails.
///
/// # Errors
/// The first error of `fails`.
pub async fn shortest<T: Clone, E>(
    list: Vec<T>,
    mut fails: impl AsyncFnMut(&[T]) -> Result<bool, E>,
) -> Result<Vec<T>, E> {
    let mut list = list;
    let mut size = list.len().div_ceil(2);
    while size > 0 && !list.is_empty() {
        let mut start = 0;
        let mut smaller = false;
        while start < list.len() {
            let end = (start + size).min(list.len());
            let rest: Vec<T> = list[..start].iter().chain(&list[end..]).cloned().collect();
            if fails(&rest).await? {
                list = rest;
                smaller = true;
            } else {
                start = end;
            }
        }
        // At size one, once more for as long as it helps: what could not be spared before may be now.
        if size > 1 || !smaller {
            size /= 2;
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn found(needed: &[u32], of: u32) -> Vec<u32> {
        let fails = async |part: &[u32]| Ok::<_, ()>(needed.iter().all(|one| part.contains(one)));
        shortest((0..of).collect(), fails).await.unwrap()
    }

    #[tokio::test]
    async fn nothing_stays_that_is_not_needed() {
        assert_eq!(found(&[7], 40).await, [7]);
        assert_eq!(found(&[0, 39], 40).await, [0, 39]);
        assert_eq!(found(&[3, 4, 5], 7).await, [3, 4, 5]);
        assert_eq!(found(&[], 5).await, Vec::<u32>::new());
        assert_eq!(found(&[], 0).await, Vec::<u32>::new());
    }
}
