package io.github.volfram.internal.transport.jna;

/**
 * The functions of the native library, under the names they have there; {@code native/volfram.h} is
 * their manual. Bound by {@link NativeLoader}; calling one before is an {@link
 * UnsatisfiedLinkError}. Nothing is checked on this side: every address and length must have been.
 */
@SuppressWarnings("MemberName") // the names are those of the C functions
final class Volfram {

  /** VF_ABI_VERSION of the header that this class was written after. */
  static final int ABI_VERSION = 5;

  /** What {@link #vf_layout} returns: the sizes of a slot, a submission and a completion. */
  static final int LAYOUT = SlotTable.BYTES | Submissions.BYTES << 8 | Completions.BYTES << 16;

  private Volfram() {}

  static native int vf_abi_version();

  static native int vf_poller();

  static native int vf_poller_usable(int poller);

  static native int vf_simd();

  static native int vf_layout();

  static native int vf_pin(int cpu);

  static native int vf_busy_poll_usable(int micros);

  static native int vf_mask(long address, int length, int key, long offset);

  static native int vf_mask_text(long address, int length, int key, long offset, int state);

  static native long vf_loop_open(
      long slots, int slotCount, long arena0, long arena1, int arenaBytes, int poller);

  static native int vf_loop_table(long loop, long slots, int slotCount);

  static native int vf_loop_close(long loop);

  static native int vf_turn(
      long loop,
      long submissions,
      int submissionCount,
      long completions,
      int completionCapacity,
      long timeoutNanos);

  static native int vf_spin(
      long loop,
      long submissions,
      int submissionCount,
      long completions,
      int completionCapacity,
      long spinNanos);

  static native int vf_flush(
      long loop, long submissions, int submissionCount, long completions, int completionCapacity);

  static native int vf_wakeup(long loop);

  static native int vf_listen(long loop, long token, long address, int backlog, int reusePort);

  static native int vf_connect(
      long loop,
      long token,
      long address,
      int receiveBytes,
      int sendBytes,
      int tcpNoDelay,
      int busyPollMicros);

  static native int vf_local_address(int fd, long address);

  static native int vf_remote_address(int fd, long address);

  static native int vf_discard(int fd);
}
