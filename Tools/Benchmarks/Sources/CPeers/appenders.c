#include "appenders.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/// One record on its way to the writer; lies on its appender's stack.
struct request {
  const struct record *record;
  struct request *next;
  pthread_cond_t *answered;
  bool is_done;
};

struct meeting {
  pthread_mutex_t lock;
  pthread_cond_t handed_in;
  /// What is waiting, the latest first: the order of those who wait together is nobody's.
  struct request *waiting;
  bool is_closed, has_failed;

  write_group write;
  void *destination;
  struct peer_outcome *outcome;

  const struct record *records;
  size_t count;
  unsigned appenders;
  uint64_t *nanoseconds;
  /// Room for a group: no more can be waiting than there are appenders.
  const struct record **group;
};

struct appender {
  struct meeting *meeting;
  unsigned number;
  pthread_t thread;
};

static void *run_writer(void *argument) {
  struct meeting *meeting = argument;
  pthread_mutex_lock(&meeting->lock);
  while (true) {
    while (!meeting->waiting && !meeting->is_closed) pthread_cond_wait(&meeting->handed_in, &meeting->lock);
    struct request *taken = meeting->waiting;
    if (!taken) break;
    meeting->waiting = NULL;
    bool is_refused = meeting->has_failed;
    pthread_mutex_unlock(&meeting->lock);

    unsigned count = 0;
    for (struct request *request = taken; request; request = request->next) meeting->group[count++] = request->record;
    bool has_failed =
        is_refused || meeting->write(meeting->destination, meeting->group, count, meeting->outcome) != 0;

    pthread_mutex_lock(&meeting->lock);
    meeting->has_failed = has_failed;
    if (!has_failed) {
      meeting->outcome->events += count;
      meeting->outcome->commits += 1;
    }
    while (taken) {
      // A request is gone as soon as it is done and the lock is free.
      struct request *next = taken->next;
      taken->is_done = true;
      pthread_cond_signal(taken->answered);
      taken = next;
    }
  }
  pthread_mutex_unlock(&meeting->lock);
  return NULL;
}

/// Appender k of n hands in records k, k + n, k + 2n …
static void *run_appender(void *argument) {
  struct appender *appender = argument;
  struct meeting *meeting = appender->meeting;
  pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
  // Held until all are there, so that no latency has the others' starting in it.
  pthread_mutex_lock(&meeting->lock);
  bool has_failed = meeting->has_failed;
  pthread_mutex_unlock(&meeting->lock);
  for (size_t index = appender->number; index < meeting->count && !has_failed; index += meeting->appenders) {
    double begun = peer_seconds();
    pthread_mutex_lock(&meeting->lock);
    struct request request = {&meeting->records[index], meeting->waiting, &answered, false};
    meeting->waiting = &request;
    pthread_cond_signal(&meeting->handed_in);
    while (!request.is_done) pthread_cond_wait(&answered, &meeting->lock);
    has_failed = meeting->has_failed;
    pthread_mutex_unlock(&meeting->lock);
    meeting->nanoseconds[index] = (uint64_t)((peer_seconds() - begun) * 1e9);
  }
  pthread_cond_destroy(&answered);
  return NULL;
}

static int run(struct meeting *meeting, struct appender *appenders) {
  pthread_t writer;
  unsigned started = 0;
  int code = pthread_create(&writer, NULL, run_writer, meeting);
  if (code) return code;
  // Nobody gets further than the lock before all are there.
  pthread_mutex_lock(&meeting->lock);
  for (; started < meeting->appenders; started++) {
    appenders[started] = (struct appender){meeting, started, 0};
    if ((code = pthread_create(&appenders[started].thread, NULL, run_appender, &appenders[started]))) break;
  }
  if (code) meeting->has_failed = true;
  double begun = peer_seconds(), cpu = peer_cpu_seconds();
  pthread_mutex_unlock(&meeting->lock);
  for (unsigned index = 0; index < started; index++) pthread_join(appenders[index].thread, NULL);
  meeting->outcome->seconds = peer_seconds() - begun;
  meeting->outcome->cpu_seconds = peer_cpu_seconds() - cpu;
  pthread_mutex_lock(&meeting->lock);
  meeting->is_closed = true;
  pthread_cond_signal(&meeting->handed_in);
  pthread_mutex_unlock(&meeting->lock);
  pthread_join(writer, NULL);
  return code;
}

int append_concurrently(write_group write, void *destination, const void *records, size_t length, unsigned appenders,
                        uint64_t *nanoseconds, struct peer_outcome *outcome) {
  struct record_reader reader = records_begin(records, length);
  struct record record;
  size_t count = 0;
  while (records_next(&reader, &record)) count++;
  struct record *parsed = calloc(count, sizeof *parsed);
  struct appender *threads = calloc(appenders, sizeof *threads);
  const struct record **group = calloc(appenders, sizeof *group);
  int code = -1;
  if (parsed && threads && group) {
    reader = records_begin(records, length);
    for (size_t index = 0; index < count; index++) records_next(&reader, &parsed[index]);
    struct meeting meeting = {.lock = PTHREAD_MUTEX_INITIALIZER, .handed_in = PTHREAD_COND_INITIALIZER,
                              .write = write, .destination = destination, .outcome = outcome, .records = parsed,
                              .count = count, .appenders = appenders, .nanoseconds = nanoseconds, .group = group};
    code = run(&meeting, threads);
    if (code == 0 && meeting.has_failed) code = -1;
  }
  if (code && !outcome->error[0])
    snprintf(outcome->error, sizeof outcome->error, "%u appenders: threads or memory are short", appenders);
  free(parsed);
  free(threads);
  free(group);
  return code ? -1 : 0;
}
