/* SPDX-License-Identifier: ISC */
#ifndef TESTS_SUPPORT_KILLWALK_CALLS_H
#define TESTS_SUPPORT_KILLWALK_CALLS_H

#include <stdbool.h>
#include <sys/syscall.h>

/* System calls by name; mutating are those that change a file system or send
 * bytes. */
static const struct {
	long nr;
	const char *name;
	bool mutating;
} calls[] = {
/* clang-format off */
#define CALL(name)   {SYS_##name, #name, false}
#define CHANGE(name) {SYS_##name, #name, true}
#ifdef SYS_open
    CHANGE(open), CHANGE(creat), CHANGE(link), CHANGE(unlink), CHANGE(rename),
    CHANGE(mkdir), CHANGE(rmdir), CHANGE(symlink), CHANGE(chmod),
    CHANGE(chown), CHANGE(utime), CHANGE(utimes), CALL(stat), CALL(lstat),
    CALL(access), CALL(pipe), CALL(dup2), CALL(fork), CALL(vfork), CALL(poll),
    CALL(select), CALL(alarm), CALL(time), CALL(arch_prctl), CALL(getdents),
    CALL(readlink), CALL(epoll_wait), CALL(pause),
#endif
    CHANGE(openat), CHANGE(linkat), CHANGE(unlinkat), CHANGE(renameat2),
    CHANGE(mkdirat), CHANGE(symlinkat), CHANGE(mknodat), CHANGE(fchmod),
    CHANGE(fchmodat), CHANGE(fchown), CHANGE(fchownat), CHANGE(utimensat),
    CHANGE(ftruncate), CHANGE(truncate), CHANGE(fallocate), CHANGE(write),
    CHANGE(writev), CHANGE(pwrite64), CHANGE(pwritev), CHANGE(sendfile),
    CHANGE(splice), CHANGE(copy_file_range), CHANGE(fsync), CHANGE(fdatasync),
    CHANGE(sync_file_range), CHANGE(syncfs), CHANGE(sync), CHANGE(sendto),
    CHANGE(sendmsg), CALL(renameat), CALL(read), CALL(readv), CALL(pread64),
    CALL(lseek), CALL(close), CALL(close_range), CALL(newfstatat), CALL(fstat),
    CALL(statx), CALL(fstatfs), CALL(statfs), CALL(faccessat),
    CALL(faccessat2), CALL(readlinkat), CALL(getdents64), CALL(chdir),
    CALL(fchdir), CALL(umask), CALL(flock), CALL(fcntl), CALL(dup), CALL(dup3),
    CALL(pipe2), CALL(ioctl), CALL(brk), CALL(mmap), CALL(munmap),
    CALL(mremap), CALL(mprotect), CALL(madvise), CALL(rt_sigaction),
    CALL(rt_sigprocmask), CALL(rt_sigtimedwait), CALL(rt_sigreturn),
    CALL(rt_sigsuspend), CALL(setitimer), CALL(getpid), CALL(getppid),
    CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(gettid),
    CALL(setuid), CALL(setgid), CALL(setresuid), CALL(setresgid),
    CALL(setgroups), CALL(getgroups), CALL(setsid), CALL(prctl),
    CALL(prlimit64), CALL(getrandom), CALL(set_tid_address),
    CALL(set_robust_list), CALL(rseq), CALL(execve), CALL(clone), CALL(clone3),
    CALL(wait4), CALL(waitid), CALL(kill), CALL(tgkill), CALL(exit_group),
    CALL(exit), CALL(socket), CALL(connect), CALL(bind), CALL(listen),
    CALL(accept), CALL(accept4), CALL(recvfrom), CALL(recvmsg),
    CALL(setsockopt), CALL(getsockopt), CALL(getsockname), CALL(getpeername),
    CALL(shutdown), CALL(ppoll), CALL(pselect6), CALL(epoll_create1),
    CALL(epoll_ctl), CALL(epoll_pwait), CALL(signalfd4), CALL(pidfd_open),
    CALL(timerfd_create), CALL(timerfd_settime), CALL(eventfd2),
    CALL(nanosleep), CALL(clock_nanosleep), CALL(clock_gettime), CALL(uname),
    CALL(sysinfo), CALL(getrusage), CALL(times), CALL(futex), CALL(sigaltstack),
    /* clang-format on */
};

#endif
