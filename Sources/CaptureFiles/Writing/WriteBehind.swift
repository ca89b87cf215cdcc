import Glibc

/// A thread that hands full buffers of ``PcapngWriter``s to the system while they fill the next.
///
/// Copying into the page cache takes about a third of the time of a run that captures everything.
/// What the files hold does not depend on it: each file's buffers are written in order, and only
/// one of a file is under way at a time.
public final class WriteBehind: Sendable {
  private let queue: WriteQueue
  private let thread: pthread_t

  /// Starts the thread, unless the system has none to give.
  ///
  /// - Parameter wakeCount: How many full buffers wake the thread when it has run out of work;
  ///   waking costs as much as copying some hundred kilobytes. With one file, whose buffers are as
  ///   large as that, it is 1.
  public init?(wakeCount: Int = 4) {
    let queue = WriteQueue(wakeCount: wakeCount)
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(queue)
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<WriteQueue>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      unsafe context.release()
      return nil
    }
    self.queue = queue
    self.thread = thread
  }

  deinit {
    queue.end()
    pthread_join(thread, nil)
  }

  func submit(_ job: WriteJob) { queue.submit(job) }

  /// Waits until `job` is done.
  func wait(for job: WriteJob) { queue.wait(for: job) }
}

/// One buffer on its way to the system.
///
/// Safe because it belongs to the queue's thread between `submit` and `wait`, and to the writer
/// otherwise.
@safe final class WriteJob: @unchecked Sendable {
  fileprivate var isDone = true
  private var descriptor: Int32 = -1
  private var start: UnsafeRawPointer?
  private var byteCount = 0
  private(set) var written = 0
  private(set) var code: Int32 = 0

  /// Says what to write; the bytes stay where they are until the job is done.
  func prepare(_ bytes: UnsafeRawBufferPointer, descriptor: Int32) {
    unsafe start = bytes.baseAddress
    byteCount = bytes.count
    self.descriptor = descriptor
  }

  fileprivate func run() {
    (written, code) = unsafe CompleteWrite.write(
      UnsafeRawBufferPointer(start: start, count: byteCount), to: descriptor)
  }
}

/// The jobs that wait, guarded by a mutex.
@safe private final class WriteQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Tells the thread that there is something to do, or that nothing more will come.
  private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Tells those who wait for a job that one is done.
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [WriteJob] = []
  private var isEnding = false
  private let wakeCount: Int

  init(wakeCount: Int) {
    self.wakeCount = wakeCount
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(work, nil)
    unsafe pthread_cond_init(done, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(work)
    unsafe pthread_cond_destroy(done)
    unsafe pthread_mutex_destroy(mutex)
    unsafe work.deallocate()
    unsafe done.deallocate()
    unsafe mutex.deallocate()
  }

  func submit(_ job: WriteJob) {
    unsafe pthread_mutex_lock(mutex)
    job.isDone = false
    jobs.append(job)
    if jobs.count == wakeCount { unsafe pthread_cond_signal(work) }
    unsafe pthread_mutex_unlock(mutex)
  }

  func wait(for job: WriteJob) {
    unsafe pthread_mutex_lock(mutex)
    if !job.isDone { unsafe pthread_cond_signal(work) }
    while !job.isDone { unsafe pthread_cond_wait(done, mutex) }
    unsafe pthread_mutex_unlock(mutex)
  }

  func end() {
    unsafe pthread_mutex_lock(mutex)
    isEnding = true
    unsafe pthread_cond_signal(work)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Does jobs, in order, until there are none and none will come.
  func run() {
    unsafe pthread_mutex_lock(mutex)
    while true {
      if jobs.isEmpty {
        if isEnding { break }
        unsafe pthread_cond_wait(work, mutex)
        continue
      }
      let job = jobs.removeFirst()
      unsafe pthread_mutex_unlock(mutex)
      job.run()
      unsafe pthread_mutex_lock(mutex)
      job.isDone = true
      unsafe pthread_cond_broadcast(done)
    }
    unsafe pthread_mutex_unlock(mutex)
  }
}
