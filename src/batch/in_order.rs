//! Work on several threads whose results come in the order of the work.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rayon::ThreadPoolBuilder;

/// Results that wait for an earlier one, for each thread. More of them let the threads go on for longer
/// while one has a long piece of work.
const AHEAD: usize = 16;

/// Does each piece of work on one of `threads` threads, and hands the results over in the order of the
/// pieces. However many there are, only a few are held.
///
/// Inside a piece of work, what would use the pool of threads stays on the thread: there are enough pieces
/// to go round.
///
/// # Errors
/// The first error of `take`, after which nothing more is begun.
pub fn in_order<J: Send, R: Send, E>(
    pieces: impl Iterator<Item = J>,
    threads: NonZeroUsize,
    work: impl Fn(J) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let (give, given) = mpsc::sync_channel(threads.get());
    let given = Mutex::new(given);
    thread::scope(|scope| {
        for _ in 0..threads.get() {
            scope.spawn(|| work_through(&given, &work));
        }
        let give = give;
        let mut waiting: VecDeque<Receiver<R>> = VecDeque::new();
        for piece in pieces {
            let (done, result) = mpsc::sync_channel(1);
            if give.send((piece, done)).is_err() {
                break;
            }
            waiting.push_back(result);
            while let Some(result) = ready(&mut waiting, threads.get().saturating_mul(AHEAD)) {
                take(result)?;
            }
        }
        drop(give);
        // A thread that broke gives no result; the scope passes on that it broke.
        waiting.into_iter().filter_map(|result| result.recv().ok()).try_for_each(take)
    })
}

/// The next result, where it is there, or where too many wait for it.
fn ready<R>(waiting: &mut VecDeque<Receiver<R>>, most: usize) -> Option<R> {
    let first = waiting.front()?;
    let result = if waiting.len() > most { first.recv().ok() } else { first.try_recv().ok() };
    if result.is_some() {
        waiting.pop_front();
    }
    result
}

fn work_through<J, R>(given: &Mutex<Receiver<(J, SyncSender<R>)>>, work: &(impl Fn(J) -> R + Sync))
where
    J: Send,
    R: Send,
{
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    loop {
        let next = given.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((piece, done)) = next else { return };
        let result = match &pool {
            Ok(pool) => pool.install(|| work(piece)),
            Err(_) => work(piece),
        };
        // Nobody waits for it any more where an earlier result could not be taken.
        let _ = done.send(result);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    const THREE: NonZeroUsize = NonZeroUsize::new(3).unwrap();

    #[test]
    fn results_come_in_order_though_work_takes_unequal_time() {
        let mut taken = Vec::new();
        let work = |piece: u64| {
            thread::sleep(Duration::from_micros(if piece % 7 == 0 { 900 } else { 10 }));
            piece * 2
        };
        let done: Result<(), ()> = in_order(0..500, THREE, work, |result| {
            taken.push(result);
            Ok(())
        });
        assert_eq!(done, Ok(()));
        assert_eq!(taken, (0..500).map(|piece| piece * 2).collect::<Vec<_>>());
    }

    #[test]
    fn only_a_few_results_are_held() {
        let (begun, mut finished) = (AtomicUsize::new(0), 0);
        let work = |_| begun.fetch_add(1, Ordering::SeqCst);
        let done: Result<(), ()> = in_order(0..5_000, THREE, work, |_| {
            finished += 1;
            assert!(begun.load(Ordering::SeqCst) <= finished + 3 * AHEAD + 8);
            Ok(())
        });
        assert_eq!((done, finished), (Ok(()), 5_000));
    }

    #[test]
    fn nothing_more_is_begun_after_an_error() {
        let begun = AtomicUsize::new(0);
        let work = |piece: usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            piece
        };
        let done = in_order(0..5_000, THREE, work, |piece| if piece < 10 { Ok(()) } else { Err(piece) });
        assert_eq!(done, Err(10));
        assert!(begun.load(Ordering::SeqCst) < 200);
    }

    #[test]
    fn inside_a_piece_of_work_the_pool_is_the_thread() {
        let done: Result<(), ()> = in_order(
            0..8,
            THREE,
            |_| rayon::current_num_threads(),
            |threads| {
                assert_eq!(threads, 1);
                Ok(())
            },
        );
        assert_eq!(done, Ok(()));
    }
}
