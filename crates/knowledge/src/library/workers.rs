//! Threads for computing that nobody watches: chunking, indexing, merging.
//!
//! They are few and of low priority, so that a turn always finds a processor, and what they are given is cut into slices
//! (a part of a document, a merge) so that documents of all tenants take turns.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use tokio::sync::{Semaphore, oneshot};

use super::LibraryError;

type Slice = Box<dyn FnOnce() + Send>;

/// A bounded pool of low-priority threads. They end when the last clone of their owner is dropped.
#[derive(Debug)]
pub(super) struct Workers {
    queue: Mutex<mpsc::Sender<Slice>>,
    /// One permit for each thread: callers wait here, in order, and the queue never holds more than the threads take.
    free: Arc<Semaphore>,
}

impl Workers {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let (queue, slices) = mpsc::channel::<Slice>();
        let slices = Arc::new(Mutex::new(slices));
        for number in 0..threads.max(1) {
            let slices = Arc::clone(&slices);
            std::thread::Builder::new().name(format!("indexing {number}")).spawn(move || work(&slices))?;
        }
        Ok(Self { queue: Mutex::new(queue), free: Arc::new(Semaphore::new(threads.max(1))) })
    }

    /// Runs a slice and gives what it comes to.
    ///
    /// A slice that has begun runs to its end even when the caller goes away.
    ///
    /// # Errors
    /// [`LibraryError::Stopped`] when the slice panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        slice: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LibraryError> {
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(|_| LibraryError::Stopped)?;
        let (sender, result) = oneshot::channel();
        let slice: Slice = Box::new(move || {
            let value = std::panic::catch_unwind(AssertUnwindSafe(slice));
            drop(permit);
            // The caller may have gone.
            let _gone = sender.send(value);
        });
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(slice)
            .map_err(|_| LibraryError::Stopped)?;
        match result.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) => {
                tracing::error!("a slice of indexing panicked");
                Err(LibraryError::Stopped)
            }
            Err(_) => Err(LibraryError::Stopped),
        }
    }
}

fn work(slices: &Mutex<mpsc::Receiver<Slice>>) {
    lower_priority();
    loop {
        let next = slices.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(slice) => slice(),
            Err(mpsc::RecvError) => return,
        }
    }
}

/// On Linux a priority belongs to a thread; elsewhere to the whole process, which keeps its own.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "indexing runs at normal priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_own_slice_only() {
        let workers = Workers::start(1).unwrap();
        let failed = workers
            .run(|| {
                if true {
                    panic!("on purpose")
                }
            })
            .await;
        assert!(matches!(failed, Err(LibraryError::Stopped)));
        assert_eq!(workers.run(|| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_no_thread_behind() {
        let workers = Workers::start(1).unwrap();
        let (release, wait) = std::sync::mpsc::channel::<()>();
        {
            let slow = workers.run(move || wait.recv().is_err());
            let polled = tokio::time::timeout(std::time::Duration::from_millis(5), slow).await;
            assert!(polled.is_err());
        }
        drop(release);
        assert_eq!(workers.run(|| 1).await.unwrap(), 1);
    }
}
