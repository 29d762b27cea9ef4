// A process that forks for each program, see passatk/sandbox/server/parents.py. Descriptor 5 is a socket, those from 6 on
// are files: who writes 0 to them is in the programs' group.
#pragma once
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace birth {

constexpr int SOCKET = 5, FIRST_DOOR = 6;
constexpr int USUAL = 4, WALLED = 5; // how many descriptors a program has
constexpr int MOST_MESSAGE = 1 << 16, MOST_GIVEN = 16, MOST_DESCRIPTORS = 1024;
constexpr int TRIED = 42, TRIAL_S = 10;

inline int words_to = 2;

[[noreturn]] inline void fail(const char *what) {
  dprintf(words_to, "cannot begin: %s: %s", what, strerror(errno));
  _exit(127);
}

// --- messages, each with descriptors

inline ssize_t receive(std::string &message, std::vector<int> &given) {
  message.resize(MOST_MESSAGE);
  alignas(cmsghdr) char space[CMSG_SPACE(MOST_GIVEN * sizeof(int))];
  iovec part = {&message[0], message.size()};
  msghdr about = {};
  about.msg_iov = &part, about.msg_iovlen = 1, about.msg_control = space, about.msg_controllen = sizeof space;
  ssize_t size;
  while ((size = recvmsg(SOCKET, &about, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  given.clear();
  if (size < 0) return -1;
  for (cmsghdr *one = CMSG_FIRSTHDR(&about); one; one = CMSG_NXTHDR(&about, one)) {
    const int *all = reinterpret_cast<int *>(CMSG_DATA(one));
    given.assign(all, all + (one->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  }
  message.resize(size);
  return size;
}

inline void send_with(const void *message, size_t size, int fd = -1) {
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  iovec part = {const_cast<void *>(message), size};
  msghdr about = {};
  about.msg_iov = &part, about.msg_iovlen = 1;
  if (fd >= 0) {
    about.msg_control = space, about.msg_controllen = sizeof space;
    cmsghdr *one = CMSG_FIRSTHDR(&about);
    one->cmsg_level = SOL_SOCKET, one->cmsg_type = SCM_RIGHTS, one->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(one), &fd, sizeof fd);
  }
  while (sendmsg(SOCKET, &about, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

// --- a child: what `become` of step.py does, and why, is said there

// what is the same for all programs of a slot
struct Place {
  struct {
    int32_t uid, switches_user, cpu, doors;
    uint32_t folder_bytes, filter_bytes;
  } head;
  std::string folder, filter;
};

// what a message gives: ends of pipes, then namespaces, the last where programs have one of users. FAILED is closed when
// the program has begun.
enum { IN, OUT, ERR, TOKEN, FAILED, TOLD, CALLS, ANSWERS, MOUNTS, MESSAGES, PROCESSES, USERS };

struct Limit {
  int32_t kind, unused;
  int64_t soft, hard;
};

inline void lower(const Place &place, int users) {
  if (users >= 0 && setns(users, CLONE_NEWUSER)) fail("enter its user namespace");
  for (int one = 0; users >= 0 && prctl(PR_CAPBSET_DROP, one, 0, 0, 0) == 0;) one++; // entering gave them all, in there
  const uid_t uid = place.head.uid;
  if (place.head.switches_user && (setgroups(0, nullptr) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
    fail("its account");
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &head, none)) fail("drop capabilities");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) fail("set no_new_privs");
  if (!place.filter.empty()) {
    const sock_fprog program = {static_cast<unsigned short>(place.filter.size() / sizeof(sock_filter)),
                                reinterpret_cast<sock_filter *>(const_cast<char *>(place.filter.data()))};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program))
      fail("set the system call filter");
  }
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); // as after an exec
}

inline std::string read_all(int fd) {
  std::string all;
  char part[4096];
  for (ssize_t size; (size = read(fd, part, sizeof part)) != 0;) {
    if (size > 0) all.append(part, size);
    else if (errno != EINTR) fail("read what to do");
  }
  return all;
}

// what it is to begin. `own`: what its parent has open, and later programs will have: their numbers stay taken.
inline std::string become(const Place &place, const std::vector<int> &given, bool proof, const std::vector<int> &own) {
  words_to = given[FAILED];
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) fail("/dev/null");
  for (int fd : own) dup3(null, fd, O_CLOEXEC);
  close(null);
  if (setns(given[MESSAGES], CLONE_NEWIPC) || setns(given[MOUNTS], CLONE_NEWNS)) fail("enter a namespace");
  setsid();
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  const int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score < 0 || write(score, "1000", 4) != 4) fail("oom_score_adj");
  close(score);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (place.head.cpu >= 0) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(place.head.cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one)) fail("its CPU");
  }
  umask(022);
  if (chdir(place.folder.c_str())) fail("its folder");
  lower(place, given.size() > USERS ? given[USERS] : -1);
  const std::string all = read_all(given[TOLD]);
  uint32_t head[2]; // how many limits, and whether it meets an examiner
  if (all.size() < sizeof head) _exit(127); // it is not needed
  memcpy(head, all.data(), sizeof head);
  const int number = head[1] ? WALLED : proof ? USUAL : USUAL - 1;
  const int usual[] = {given[IN], given[OUT], given[ERR], given[TOKEN]};
  const int walled[] = {given[IN], given[OUT], given[ERR], given[CALLS], given[ANSWERS]};
  for (int fd = 0; fd < WALLED; fd++) {
    if (fd >= number) close(fd);
    else if (dup2(head[1] ? walled[fd] : usual[fd], fd) < 0) fail("its descriptors");
  }
  size_t at = sizeof head;
  for (uint32_t i = 0; i < head[0]; i++, at += sizeof(Limit)) {
    Limit limit;
    memcpy(&limit, all.data() + at, sizeof limit);
    const rlimit wanted = {static_cast<rlim_t>(limit.soft), static_cast<rlim_t>(limit.hard)};
    if (setrlimit(static_cast<__rlimit_resource>(limit.kind), &wanted)) fail("its limits");
  }
  for (int fd : given)
    if (fd != words_to) close(fd);
  return all.substr(at);
}

// the arguments in what a child is told, which must stay where it is; the environment behind them is set
inline std::vector<char *> arguments_of(std::string &told) {
  std::vector<char *> arguments;
  char *at = &told[0], *const end = at + told.size();
  const int number = atoi(at);
  for (int i = -1; at < end; i++, at += strlen(at) + 1) {
    if (i >= 0 && i < number) arguments.push_back(at);
    if (i >= number) putenv(at);
  }
  return arguments;
}

// in a child, when nothing more can fail
inline void begun() {
  close(words_to);
  words_to = 2;
}

// --- the parent

struct Child {
  struct {
    int64_t status;
    rusage used;
  } end = {};
  pid_t pid = 0;
  int pidfd = -1;

  void wait() {
    if (!pid) return;
    int status = 0;
    while (wait4(pid, &status, 0, &end.used) < 0 && errno == EINTR) {
    }
    end.status = status;
    close(pidfd);
    pid = 0, pidfd = -1;
  }
};

// whether a fork works, and comes to its end; in the child, false
inline bool try_fork() {
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(TRIAL_S);
    return false;
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != TRIED) _exit(1);
  return true;
}

inline uint32_t threads() {
  uint32_t number = 0;
  if (DIR *tasks = opendir("/proc/self/task")) {
    while (const dirent *task = readdir(tasks)) number += task->d_name[0] != '.';
    closedir(tasks);
  }
  return number;
}

inline Place placed() {
  std::string message;
  std::vector<int> given;
  Place place;
  if (receive(message, given) < static_cast<ssize_t>(sizeof place.head)) _exit(1);
  memcpy(&place.head, message.data(), sizeof place.head);
  place.folder = message.substr(sizeof place.head, place.head.folder_bytes);
  place.filter = message.substr(sizeof place.head + place.head.folder_bytes, place.head.filter_bytes);
  for (int fd = FIRST_DOOR; fd < FIRST_DOOR + place.head.doors; fd++) {
    if (write(fd, "0", 1) != 1) fail("cgroup.procs");
    close(fd);
  }
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const uint32_t number = threads();
  send_with(&number, sizeof number);
  return place;
}

// where a child goes on, with what it is told: nothing in the first, which is a trial
inline std::string births() {
  if (!try_fork()) return "";
  const Place place = placed();
  std::vector<int> own;
  for (int fd = SOCKET; fd < MOST_DESCRIPTORS; fd++)
    if (fcntl(fd, F_GETFD) >= 0) own.push_back(fd);
  Child child;
  std::string message;
  std::vector<int> given;
  for (;;) {
    pollfd all[2] = {{SOCKET, POLLIN, 0}, {child.pidfd, POLLIN, 0}};
    if (poll(all, child.pid ? 2 : 1, -1) < 0) continue;
    if (child.pid && all[1].revents) child.wait(); // until then its namespace cannot end
    if (!all[0].revents) continue;
    if (receive(message, given) <= 0) _exit(0);
    child.wait();
    if (message[0] == 'w') {
      send_with(&child.end, sizeof child.end);
      continue;
    }
    if (message.size() != 2 || given.size() < USERS || setns(given[PROCESSES], CLONE_NEWPID)) _exit(1);
    const pid_t pid = fork();
    if (pid == 0) return become(place, given, message[1], own);
    if (pid > 0) {
      child.pid = pid;
      child.pidfd = syscall(SYS_pidfd_open, pid, 0);
      send_with("f", 1, child.pidfd);
    } else {
      const char *words = strerror(errno);
      send_with(words, strlen(words));
    }
    for (int fd : given) close(fd);
  }
}

} // namespace birth
