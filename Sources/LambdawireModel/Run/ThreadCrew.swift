import Glibc

/// Threads that do the same piece of work for one number after the other, whoever is free.
///
/// The caller works too, so a crew of one has no thread but the caller's. Between two calls of
/// ``run(_:_:)`` the threads sleep.
@safe final class ThreadCrew: Sendable {
  private let order: CrewOrder
  private let threads: [pthread_t]

  /// Starts the threads; where the system has fewer to give, there are fewer.
  ///
  /// - Parameter count: How many threads work, the caller's included.
  init(count: Int) {
    let order = CrewOrder()
    var threads: [pthread_t] = []
    for _ in 1..<max(count, 1) {
      var thread = pthread_t()
      let context = unsafe Unmanaged.passRetained(order)
      let code = unsafe pthread_create(
        &thread, nil,
        { context in
          guard let context = unsafe context else { return nil }
          unsafe Unmanaged<CrewOrder>.fromOpaque(context).takeRetainedValue().serve()
          return nil
        }, context.toOpaque())
      guard code == 0 else {
        unsafe context.release()
        break
      }
      threads.append(thread)
    }
    self.order = order
    self.threads = threads
  }

  deinit {
    order.end()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Does `work` for each number from 0 up to `count`, several at once, and returns when all is
  /// done.
  ///
  /// What was written before the call is seen by the work, and what the work wrote is seen after.
  func run(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
    order.run(count, work)
  }

  /// How many processors there are.
  static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// What a crew is doing, guarded by a mutex.
@safe private final class CrewOrder: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Tells the threads that there is something to do, or that nothing more will come.
  private let begun = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Tells the caller that everything is done.
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var work: @Sendable (Int) -> Void = { _ in }
  private var next = 0
  private var count = 0
  /// Numbers whose work is not done.
  private var open = 0
  private var isEnding = false

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(begun, nil)
    unsafe pthread_cond_init(done, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(begun)
    unsafe pthread_cond_destroy(done)
    unsafe pthread_mutex_destroy(mutex)
    unsafe begun.deallocate()
    unsafe done.deallocate()
    unsafe mutex.deallocate()
  }

  func run(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
    unsafe pthread_mutex_lock(mutex)
    (self.work, next, self.count, open) = (work, 0, count, count)
    unsafe pthread_cond_broadcast(begun)
    workOff()
    while open > 0 { unsafe pthread_cond_wait(done, mutex) }
    self.work = { _ in }
    unsafe pthread_mutex_unlock(mutex)
  }

  func end() {
    unsafe pthread_mutex_lock(mutex)
    isEnding = true
    unsafe pthread_cond_broadcast(begun)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Works until there will be nothing more to do.
  func serve() {
    unsafe pthread_mutex_lock(mutex)
    while !isEnding {
      workOff()
      if !isEnding, next >= count { unsafe pthread_cond_wait(begun, mutex) }
    }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Does what is left; the mutex is held before and after.
  private func workOff() {
    while next < count {
      let number = next
      let work = work
      next += 1
      unsafe pthread_mutex_unlock(mutex)
      work(number)
      unsafe pthread_mutex_lock(mutex)
      open -= 1
      if open == 0 { unsafe pthread_cond_signal(done) }
    }
  }
}
