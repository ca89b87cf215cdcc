import Glibc

/// A thread that hands full buffers of ``PcapngWriter``s to the system while they fill others.
///
/// Copying into the page cache takes about a third of the time of a run that captures everything.
/// What the files hold does not depend on it: buffers are written in the order in which they were
/// handed over.
///
/// The writers that share a thread also share its buffers. A file that gets many packets at once
/// takes as many as it needs, and memory that has just been written out, and is still in a cache, is
/// the next to be filled.
public final class WriteBehind: Sendable {
  private let queue: WriteQueue
  private let thread: pthread_t

  /// Starts the thread, unless the system has none to give.
  ///
  /// - Parameters:
  ///   - bufferCount: How many buffers wait at most; whoever hands over one more waits for half of
  ///     them to be written.
  ///   - bufferByteCount: The usual size of a buffer, in bytes.
  ///   - wakeCount: How many full buffers wake the thread when it has run out of work; waking costs
  ///     as much as copying some hundred kilobytes.
  /// - Precondition: all are positive, `wakeCount` no more than `bufferCount`.
  public init?(bufferCount: Int = 60, bufferByteCount: Int = 1 << 16, wakeCount: Int = 12) {
    precondition(wakeCount > 0 && wakeCount <= bufferCount, "the thread would never wake")
    precondition(bufferByteCount > 0, "buffers hold something")
    let queue = WriteQueue(bufferCount, bufferByteCount, wakeCount: wakeCount)
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

  /// Takes over a full buffer in exchange for an empty one.
  ///
  /// - Parameters:
  ///   - buffer: What to write, all of it complete blocks.
  ///   - batch: What is known about the buffer.
  ///   - file: Where it goes.
  /// - Returns: What has become of buffers of the file that were handed over before.
  func submit(
    _ buffer: inout BlockBuffer, _ batch: WriteBatch, to file: FileBehind
  ) -> WriteReport {
    queue.submit(&buffer, batch, to: file)
  }

  /// Waits until everything for `file` has been written or refused.
  ///
  /// - Returns: What has become of it.
  func settle(_ file: FileBehind) -> WriteReport { queue.settle(file) }
}

/// A file as the thread knows it.
///
/// Safe because it is only touched while the queue's mutex is held, apart from the descriptor, which
/// never changes.
@safe final class FileBehind: @unchecked Sendable {
  let descriptor: Int32
  /// How many buffers are not written yet.
  fileprivate var pendingCount = 0
  /// Of everything since the last report.
  fileprivate var report = WriteReport()

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }
}

/// What is known about a buffer before it is written.
struct WriteBatch {
  var packetCount: UInt64 = 0
  /// Byte order of the block at its start.
  var startsBigEndian = false
}

/// What became of buffers that were handed over.
struct WriteReport {
  /// What was handed over, in bytes.
  var byteCount = 0
  var packetCount: UInt64 = 0
  /// What of it is in the file, which holds only complete blocks, in bytes.
  var writtenByteCount = 0
  var writtenPacketCount: UInt64 = 0
  /// The `errno` of the first refusal, or 0.
  var code: Int32 = 0

  fileprivate mutating func add(_ byteCount: Int, _ batch: WriteBatch, _ outcome: WriteOutcome?) {
    self.byteCount += byteCount
    packetCount += batch.packetCount
    guard let outcome else { return }
    writtenByteCount += outcome.byteCount
    writtenPacketCount += outcome.packetCount
    if code == 0 { code = outcome.code }
  }
}

/// A buffer that goes to and fro.
///
/// Safe because it belongs to the thread while it is queued, and to whoever took it from those that
/// are free otherwise.
@safe private final class WriteJob: @unchecked Sendable {
  var buffer: BlockBuffer
  var batch = WriteBatch()
  /// Where it goes; `nil` while it is free.
  var file: FileBehind?

  init(_ buffer: consuming BlockBuffer) {
    self.buffer = buffer
  }
}

/// The buffers that wait and those that are free, guarded by a mutex.
@safe private final class WriteQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Tells the thread that there is something to do, or that nothing more will come.
  private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Tells those who wait for a buffer or a file.
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// A ring, each place of which is used again; `nil` where no buffer waits.
  private var jobs: [WriteJob?]
  private var first = 0
  private var count = 0
  private var free: [WriteJob] = []
  private let wakeCount: Int
  /// Whether the thread sleeps.
  private var isIdle = false
  private var isEnding = false
  /// How many wait for a buffer, and for a file.
  private var buffersAwaited = 0
  private var filesAwaited = 0

  init(_ bufferCount: Int, _ bufferByteCount: Int, wakeCount: Int) {
    jobs = Array(repeating: nil, count: bufferCount)
    // All at once, so that none is made while packets pass; until it is used it has no memory.
    let arena = BufferArena(byteCount: bufferCount * bufferByteCount)
    for _ in 0..<bufferCount {
      free.append(WriteJob(BlockBuffer(capacity: bufferByteCount, in: arena)))
    }
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

  func submit(
    _ buffer: inout BlockBuffer, _ batch: WriteBatch, to file: FileBehind
  ) -> WriteReport {
    unsafe pthread_mutex_lock(mutex)
    let job = takeFree()
    swap(&job.buffer, &buffer)
    job.batch = batch
    job.file = file
    file.pendingCount += 1
    jobs[(first + count) % jobs.count] = job
    count += 1
    if isIdle && count >= wakeCount { wake() }
    let report = takeReport(of: file)
    unsafe pthread_mutex_unlock(mutex)
    return report
  }

  func settle(_ file: FileBehind) -> WriteReport {
    unsafe pthread_mutex_lock(mutex)
    filesAwaited += 1
    while file.pendingCount > 0 {
      if isIdle { wake() }
      unsafe pthread_cond_wait(done, mutex)
    }
    filesAwaited -= 1
    let report = takeReport(of: file)
    unsafe pthread_mutex_unlock(mutex)
    return report
  }

  func end() {
    unsafe pthread_mutex_lock(mutex)
    isEnding = true
    unsafe pthread_cond_signal(work)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Writes buffers, in order, until there are none and none will come.
  func run() {
    unsafe pthread_mutex_lock(mutex)
    while true {
      guard count > 0, let job = jobs[first], let file = job.file else {
        if isEnding { break }
        isIdle = true
        unsafe pthread_cond_wait(work, mutex)
        isIdle = false
        continue
      }
      // After a refusal the file ends where it ends: what comes later would leave a gap.
      let isRefused = file.report.code != 0
      unsafe pthread_mutex_unlock(mutex)
      let outcome = isRefused ? nil : job.buffer.write(job.batch, to: file.descriptor)
      unsafe pthread_mutex_lock(mutex)
      file.report.add(job.buffer.used, job.batch, outcome)
      file.pendingCount -= 1
      job.buffer.removeAll()
      job.file = nil
      jobs[first] = nil
      first = (first + 1) % jobs.count
      count -= 1
      free.append(job)
      if filesAwaited > 0 || buffersAwaited > 0 && count <= jobs.count / 2 {
        unsafe pthread_cond_broadcast(done)
      }
    }
    unsafe pthread_mutex_unlock(mutex)
  }

  // MARK: With the mutex held

  private func wake() {
    // Before the thread runs, others need not wake it again.
    isIdle = false
    unsafe pthread_cond_signal(work)
  }

  /// A buffer that nobody uses: the one written last, or the next to be written.
  private func takeFree() -> WriteJob {
    while true {
      if let job = free.popLast() { return job }
      if isIdle { wake() }
      buffersAwaited += 1
      unsafe pthread_cond_wait(done, mutex)
      buffersAwaited -= 1
    }
  }

  private func takeReport(of file: FileBehind) -> WriteReport {
    let report = file.report
    // A refusal is not forgotten.
    file.report = WriteReport()
    file.report.code = report.code
    return report
  }
}
