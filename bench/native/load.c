/*
 * load: asks a chat-completions server on 127.0.0.1 and judges every answer. One thread, epoll.
 *
 *   load --port N [--path P] [--key K, none when empty] [--model M] [--header 'A: b']... [--prompt 'chunks=100 gap=20'] [--usage] [--limit S]
 *        --connections C  and one of
 *          --seconds S | --requests N        closed loop: each connection asks again once it is answered
 *          --rate R --seconds S              R requests a second; latency counts from the moment each was due
 *          --hold   [--ramp R] [--gap MS]    opens C streams (R a second), prints {"event":"open"}, reads until a line comes on
 *                                            the standard input, then leaves them all (one each MS)
 *          --slow   [--ramp R]               opens C streams, reads nothing more after their first piece, prints the same event,
 *                                            and reads to the end once a line comes
 *        --stream [--expect N]               streams: N content chunks in order, then [DONE]
 *        --lag                               time on the way of each chunk (of the hold only, with --hold)
 *        --embeddings                        asks for a vector
 *        --responses                         asks as the Responses API has it; its streams end with response.completed
 *        --assistant ID                      asks as the Assistants API has it: makes a thread and runs it; one stream's deltas
 *        --finish                            streams end with a finish reason, without [DONE]
 *        --get                               asks for nothing: follows with GET what is at the path, in the events of --responses
 *
 * The prompt is upstream.c's directive; the connection's number joins it as id. A plain answer must be 200 and hold the
 * marker ~0~ (a vector: "embedding"). The last line printed is one JSON object; times in ms, moments in CLOCK_MONOTONIC ns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CARRY = 4 << 20, LISTED_LEAVES = 512, SLOW_BUFFER = 16384, STDIN_MARK = -1, TIMER_MARK = -2 };
typedef enum { OFF, CONNECTING, IDLE, HEAD, BODY, PAUSED } Phase; /* HEAD: the request is out or going out */
typedef enum { BY_LENGTH, BY_CLOSE, SIZE, DATA, AFTER_DATA, TRAILER } Framing;
typedef enum { CONNECT, STATUS, CUT, ORDER, MISSING, LATE, REASONS } Reason;

typedef struct {
    int fd, id;
    Phase phase;
    Framing framing;
    bool wants_out, reused, got_first, ended, closes;
    long left, seen;     /* bytes of this body or chunk; content chunks so far */
    size_t sent, len, cap;
    char *carry;         /* an unfinished head, line or the whole of a plain answer */
    int64_t asked, limit;
    int status;
} Conn;

typedef struct { float *at; size_t len, cap; } Times;

static struct {
    int port, connections, stream, usage, hold, slow, lag, embeddings, responses, get, finish;
    long expect, requests;
    double seconds, rate, ramp, gap, limit;
    const char *path, *key, *model, *prompt, *assistant;
    char headers[1024];
} opt = {.connections = 1, .expect = -1, .limit = 60, .path = "/v1/chat/completions", .key = "", .model = "bench-1", .prompt = ""};

static Conn *conns;
static char *message, input[1 << 18], sample[240];
static size_t message_len, id_place;
static int poll_fd, timer_fd, *idle, idle_len, busy, opened, over, announced;
static long started, done, failed[REASONS], retried, chunks;
static uint64_t bytes;
static int64_t began, ended_at, left_at, leaves[LISTED_LEAVES];
static Times latency, first, lag;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *grown(void *old, size_t *cap, size_t need, size_t each) {
    if (need <= *cap) return old;
    size_t size = *cap ? *cap : 256;
    while (size < need) size *= 2;
    void *fresh = realloc(old, size * each);
    if (!fresh) {
        perror("load: memory");
        exit(1);
    }
    *cap = size;
    return fresh;
}

static void note(Times *t, int64_t ns) {
    t->at = grown(t->at, &t->cap, t->len + 1, sizeof *t->at);
    t->at[t->len++] = (float)(ns / 1e6);
}

/* ---- connections ----------------------------------------------------------------------------------------- */

static void watch(Conn *c, bool in, bool out) {
    struct epoll_event e = {.events = (in ? EPOLLIN : 0) | (out ? EPOLLOUT : 0), .data.fd = c->id};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &e);
    c->wants_out = out;
}

static void hang_up(Conn *c) {
    if (c->phase == OFF) return;
    close(c->fd);
    c->phase = OFF;
    free(c->carry);
    c->carry = NULL;
    c->len = c->cap = 0;
}

static void fail(Conn *c, Reason reason) {
    failed[reason]++;
    if (!*sample) snprintf(sample, sizeof sample, "status %d: %.*s", c->status, (int)(c->len > 180 ? 180 : c->len), c->carry ? c->carry : "");
    if (!c->got_first || opt.slow) over++; /* over: streams that will not open, or no longer need their end */
    busy--;
    hang_up(c);
    idle[idle_len++] = c->id;
    ended_at = now_ns();
}

static void send_request(Conn *c) {
    char digits[8];
    snprintf(digits, sizeof digits, "%06d", c->id % 1000000);
    if (id_place) memcpy(message + id_place, digits, 6);
    while (c->sent < message_len) {
        ssize_t n = send(c->fd, message + c->sent, message_len - c->sent, MSG_NOSIGNAL);
        if (n < 0) break; /* a broken connection shows itself by its event */
        c->sent += (size_t)n;
    }
    bool out = c->sent < message_len;
    if (out != c->wants_out) watch(c, true, out);
}

static void dial(Conn *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        perror("load: socket");
        exit(1);
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (opt.slow) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &(int){SLOW_BUFFER}, sizeof(int));
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->phase = CONNECTING;
    c->reused = false;
    c->wants_out = true;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.fd = c->id};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &e);
    if (connect(c->fd, (struct sockaddr *)&a, sizeof a) && errno != EINPROGRESS) {
        c->status = errno;
        fail(c, CONNECT);
    }
}

static void begin(Conn *c) {
    c->sent = c->len = 0;
    c->seen = c->status = 0;
    c->got_first = c->ended = c->closes = false;
    if (c->phase == OFF) {
        dial(c);
        return;
    }
    c->reused = true;
    c->phase = HEAD;
    send_request(c);
}

static void ask(Conn *c, int64_t asked) {
    c->asked = asked;
    c->limit = now_ns() + (int64_t)(opt.limit * 1e9);
    busy++;
    started++;
    begin(c);
}

/* ---- reading an answer ----------------------------------------------------------------------------------- */

static void note_first(Conn *c, int64_t now) {
    if (c->got_first) return;
    c->got_first = true;
    note(&first, now - c->asked);
    opened++;
}

/* One line of the event stream; false when it is out of order. */
static bool take_line(Conn *c, char *line, size_t n, int64_t now) {
    if (n && line[n - 1] == '\r') n--;
    if (n < 6 || memcmp(line, "data:", 5)) return true;
    if (opt.responses) {
        char *type = memmem(line, n < 64 ? n : 64, "\"type\":\"response.", 17);
        if (!type && !(type = memmem(line, n, "\"type\":\"response.", 17))) return true; /* OGX tells it last */
        if (!strncmp(type + 17, "completed\"", 10)) c->ended = true;
        if (strncmp(type + 17, "output_text.delta\"", 18)) return true;
    } else if (memmem(line, n < 16 ? n : 16, "[DONE]", 6)) {
        c->ended = true;
        return true;
    } else if (opt.finish && memmem(line, n, "\"finish_reason\":\"stop\"", 22)) {
        c->ended = true;
    }
    if (opt.assistant && !memmem(line, n, "\"thread.message.delta\"", 22)) return true; /* others hold the whole text */
    char *mark = memmem(line, n, "\"~", 2);
    if (!mark && (mark = memmem(line, n, "\" ~", 3))) mark++; /* OGX keeps a space back for the next piece */
    if (!mark) return true;
    char *rest;
    long number = strtol(mark + 2, &rest, 10);
    if (number != c->seen++ || *rest != '~') return false;
    chunks++;
    note_first(c, now);
    if (opt.lag && (!opt.hold || announced)) note(&lag, now - strtoll(rest + 1, NULL, 10));
    return true;
}

static bool hold_back(Conn *c, const char *data, size_t n) {
    if (c->len + n > MOST_CARRY) return false;
    c->carry = grown(c->carry, &c->cap, c->len + n + 1, 1);
    memcpy(c->carry + c->len, data, n);
    c->len += n;
    c->carry[c->len] = 0;
    return true;
}

static bool take_payload(Conn *c, char *data, size_t n, int64_t now) {
    if (!opt.stream || c->status != 200) return hold_back(c, data, n);
    for (char *end; n && (end = memchr(data, '\n', n)); n -= (size_t)(end + 1 - data), data = end + 1) {
        bool fine;
        if (c->len) {
            if (!hold_back(c, data, (size_t)(end - data))) return false;
            fine = take_line(c, c->carry, c->len, now);
            c->len = 0;
        } else {
            *end = 0;
            fine = take_line(c, data, (size_t)(end - data), now);
        }
        if (!fine) return false;
    }
    return !n || hold_back(c, data, n);
}

static void finish(Conn *c, int64_t now) {
    if (c->status != 200) return fail(c, STATUS);
    if (opt.stream ? !c->ended || (opt.expect >= 0 && c->seen != opt.expect)
                   : !c->carry || !strstr(c->carry, opt.embeddings ? "\"embedding\"" : "~0~"))
        return fail(c, MISSING);
    note(&latency, now - c->asked);
    done++;
    over += opt.slow != 0;
    busy--;
    ended_at = now;
    c->len = 0;
    if (c->closes) hang_up(c);
    else c->phase = IDLE;
    idle[idle_len++] = c->id;
}

static bool take_head(Conn *c) {
    if (sscanf(c->carry, "HTTP/1.%*d %d", &c->status) != 1) return false;
    char *length = strcasestr(c->carry, "\r\ncontent-length:");
    bool chunked = strcasestr(c->carry, "\r\ntransfer-encoding: chunked") != NULL;
    c->closes = strcasestr(c->carry, "\r\nconnection: close") != NULL || (!length && !chunked);
    c->framing = chunked ? SIZE : length ? BY_LENGTH : BY_CLOSE;
    c->left = length && !chunked ? atol(length + 17) : 0;
    c->len = 0;
    c->phase = BODY;
    return true;
}

/* The size line of a chunk, or a line of the trailer, byte by byte; true at its end. */
static bool take_framing(Conn *c, char b) {
    if (c->framing == SIZE) {
        int digit = b >= '0' && b <= '9' ? b - '0' : (b | 32) >= 'a' && (b | 32) <= 'f' ? (b | 32) - 'a' + 10 : -1;
        if (digit >= 0) c->left = c->left * 16 + digit;
        else if (b == '\n') c->framing = c->left ? DATA : TRAILER;
        return false;
    }
    if (c->framing == AFTER_DATA) {
        if (b == '\n') c->framing = SIZE;
        return false;
    }
    if (b == '\n') return c->left == 0; /* an empty line ends the trailer */
    c->left = b == '\r' ? c->left : 1;
    return false;
}

/* Takes received bytes; false when the answer is not what it must be. */
static bool feed(Conn *c, char *data, size_t n, int64_t now) {
    if (c->phase == HEAD) {
        size_t before = c->len;
        if (!hold_back(c, data, n)) return false;
        char *end = memmem(c->carry, c->len, "\r\n\r\n", 4);
        if (!end) return true;
        size_t used = (size_t)(end - c->carry) + 4 - before;
        end[2] = 0;
        if (!take_head(c)) return false;
        data += used;
        n -= used;
        if (c->framing == BY_LENGTH && !c->left) return finish(c, now), true;
    }
    while (n && c->phase == BODY) {
        if (c->framing == BY_CLOSE || c->framing == BY_LENGTH || c->framing == DATA) {
            size_t part = c->framing == BY_CLOSE || n < (size_t)c->left ? n : (size_t)c->left;
            if (!take_payload(c, data, part, now)) return false;
            data += part;
            n -= part;
            if (c->framing == BY_CLOSE || (c->left -= (long)part)) continue;
            if (c->framing == BY_LENGTH) finish(c, now);
            else c->framing = AFTER_DATA;
        } else {
            n--;
            if (c->framing == TRAILER && *data == '\n' && c->left) c->left = 0, data++;
            else if (take_framing(c, *data++)) finish(c, now);
        }
    }
    return true;
}

static void lost(Conn *c, int64_t now) {
    if (c->phase == IDLE) return hang_up(c);
    if (c->phase == BODY && c->framing == BY_CLOSE) return finish(c, now);
    if (c->phase == HEAD && c->reused && !c->len) { /* the server had closed an idle connection: ask anew, as any client does */
        retried++;
        hang_up(c);
        return begin(c);
    }
    fail(c, c->phase == CONNECTING ? CONNECT : CUT);
}

static void receive(Conn *c) {
    while (c->phase == HEAD || c->phase == BODY || c->phase == IDLE) {
        ssize_t n = recv(c->fd, input, opt.slow && !announced ? 4096 : sizeof input, 0);
        int64_t now = now_ns();
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) return lost(c, now);
        bytes += (uint64_t)n;
        if (c->phase == IDLE) return hang_up(c);
        if (!feed(c, input, (size_t)n, now)) return fail(c, ORDER);
        if (opt.slow && !announced && c->phase == BODY && c->got_first) {
            c->phase = PAUSED;
            watch(c, false, false);
        }
        if ((size_t)n < sizeof input) return;
    }
}

static void serve_events(Conn *c, uint32_t events) {
    if (c->phase == OFF) return;
    if (c->phase == CONNECTING) {
        socklen_t size = sizeof c->status;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &c->status, &size);
        if (c->status) return fail(c, CONNECT);
        c->phase = HEAD;
        send_request(c);
    } else if ((events & EPOLLOUT) && c->phase == HEAD) {
        send_request(c);
    }
    if (c->phase == PAUSED) return fail(c, CUT); /* only errors are reported while nothing is read */
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) receive(c);
}

/* ---- the plan -------------------------------------------------------------------------------------------- */

static bool may_start(int64_t now) {
    if (opt.hold || opt.slow) return started < opt.connections;
    if (opt.requests) return started < opt.requests;
    return now - began < (int64_t)(opt.seconds * 1e9);
}

/* Starts what is due and sets the timer for what comes next. */
static void start_due(void) {
    double pace = opt.rate > 0 ? opt.rate : started < opt.connections ? opt.ramp : 0;
    int64_t now = now_ns();
    while (idle_len && may_start(now)) {
        int64_t due = pace > 0 ? began + (int64_t)((double)started / pace * 1e9) : now;
        if (due > now) {
            struct itimerspec t = {.it_value = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000}};
            timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
            return;
        }
        ask(&conns[idle[--idle_len]], opt.rate > 0 ? due : now);
        if (pace <= 0) now = now_ns();
    }
}

static void give_up_late(int64_t now) {
    for (int i = 0; i < opt.connections; i++) {
        Conn *c = &conns[i];
        if (c->phase != OFF && c->phase != IDLE && c->phase != PAUSED && now > c->limit && !(opt.hold && c->got_first)) fail(c, LATE);
    }
}

static void leave_all(void) {
    left_at = now_ns();
    for (int i = 0; i < opt.connections; i++) {
        Conn *c = &conns[i];
        if (c->phase == OFF) continue;
        if (i < LISTED_LEAVES) leaves[i] = now_ns();
        hang_up(c);
        if (opt.gap > 0) usleep((useconds_t)(opt.gap * 1000));
    }
}

static void resume_all(void) {
    for (int i = 0; i < opt.connections; i++) {
        Conn *c = &conns[i];
        if (c->phase != PAUSED) continue;
        c->phase = BODY;
        c->limit = now_ns() + (int64_t)(opt.limit * 1e9);
        watch(c, true, false);
    }
}

static bool finished(void) {
    if (opt.hold) return false;
    if (opt.slow) return over >= opt.connections;
    return !busy && !may_start(now_ns());
}

static void announce(void) {
    if (announced || !(opt.hold || opt.slow) || started < opt.connections || opened + over < opt.connections) return;
    announced = 1;
    printf("{\"event\":\"open\",\"open\":%d,\"failed\":%d,\"seconds\":%.3f}\n", opened, over, (now_ns() - began) / 1e9);
    fflush(stdout);
}

/* Runs until the end; a line on the standard input ends a hold or lets slow readers read on. */
static void run(void) {
    struct epoll_event got[512];
    bool told = false;
    int64_t next_look = 0;
    began = ended_at = now_ns();
    while (!finished()) {
        start_due();
        int n = epoll_wait(poll_fd, got, 512, 250);
        for (int i = 0; i < n; i++) {
            int id = got[i].data.fd;
            if (id == STDIN_MARK) told = true;
            else if (id == TIMER_MARK) (void)!read(timer_fd, &(uint64_t){0}, 8);
            else serve_events(&conns[id], got[i].events);
        }
        int64_t now = now_ns();
        if (now > next_look) {
            give_up_late(now);
            next_look = now + 250000000;
        }
        announce();
        if (!told || !announced) continue;
        if (opt.hold) {
            ended_at = now;
            return leave_all();
        }
        epoll_ctl(poll_fd, EPOLL_CTL_DEL, 0, NULL);
        told = false;
        resume_all();
    }
}

/* ---- result ---------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double quantile(const Times *t, double q) {
    size_t place = (size_t)(q * (double)t->len);
    return t->len ? t->at[place < t->len ? place : t->len - 1] : 0;
}

static void print_times(const char *name, Times *t) {
    double sum = 0;
    for (size_t i = 0; i < t->len; i++) sum += t->at[i];
    if (t->len) qsort(t->at, t->len, sizeof *t->at, by_size);
    printf(",\"%s\":{\"count\":%zu,\"mean\":%.4f,\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"most\":%.4f}", name, t->len,
           t->len ? sum / (double)t->len : 0, quantile(t, .5), quantile(t, .9), quantile(t, .99), quantile(t, 1));
}

static void print_result(void) {
    static const char *const names[REASONS] = {"connect", "status", "cut", "order", "missing", "late"};
    printf("{\"ok\":%ld,\"opened\":%d,\"retried\":%ld,\"chunks\":%ld,\"bytes\":%llu,\"seconds\":%.6f,\"left_at\":%lld,\"failed\":{", done, opened,
           retried, chunks, (unsigned long long)bytes, (ended_at - began) / 1e9, (long long)left_at);
    for (int i = 0; i < REASONS; i++) printf("%s\"%s\":%ld", i ? "," : "", names[i], failed[i]);
    printf("},\"sample\":\"");
    for (char *s = sample; *s; s++) putchar(*s == '"' || *s == '\\' ? '\'' : *s < ' ' || *s > '~' ? ' ' : *s);
    printf("\",\"leaves\":[");
    for (int i = 0, k = 0; left_at && i < opt.connections && i < LISTED_LEAVES; i++)
        if (leaves[i]) printf("%s[%d,%lld]", k++ ? "," : "", i, (long long)leaves[i]);
    printf("]");
    print_times("latency", &latency);
    print_times("first", &first);
    print_times("lag", &lag);
    printf("}\n");
}

static void build_message(void) {
    char body[4096];
    int n = opt.get ? 0
            : opt.responses ? snprintf(body, sizeof body, "{\"model\":\"%s\",\"instructions\":\"You are a helpful assistant.\","
                                       "\"input\":\"Tell me something. @bench %s id=000000;\",\"temperature\":0.7%s}",
                                       opt.model, opt.prompt, opt.stream ? ",\"stream\":true" : "")
            : opt.assistant ? snprintf(body, sizeof body, "{\"assistant_id\":\"%s\",\"thread\":{\"messages\":[{\"role\":\"user\","
                                       "\"content\":\"Tell me something. @bench %s id=000000;\"}]}%s}",
                                       opt.assistant, opt.prompt, opt.stream ? ",\"stream\":true" : "")
            : opt.embeddings ? snprintf(body, sizeof body, "{\"model\":\"%s\",\"input\":\"@bench %s id=000000;\"}", opt.model, opt.prompt)
                           : snprintf(body, sizeof body,
                                      "{\"model\":\"%s\",\"messages\":[{\"role\":\"system\",\"content\":\"You are a helpful assistant.\"},"
                                      "{\"role\":\"user\",\"content\":\"Tell me something. @bench %s id=000000;\"}],\"temperature\":0.7%s%s}",
                                      opt.model, opt.prompt, opt.stream ? ",\"stream\":true" : "",
                                      opt.usage ? ",\"stream_options\":{\"include_usage\":true}" : "");
    message_len = (size_t)asprintf(&message,
                                   "%s %s HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n%s%s%scontent-type: application/json\r\n"
                                   "accept: */*\r\n%scontent-length: %d\r\n\r\n%s", opt.get ? "GET" : "POST", opt.path, opt.port,
                                   *opt.key ? "authorization: Bearer " : "", opt.key, *opt.key ? "\r\n" : "", opt.headers, n, body);
    char *place = strstr(message, "id=000000;");
    id_place = place ? (size_t)(place - message) + 3 : 0;
}

static void read_options(int argc, char **argv) {
    static const char *const names[] = {"port", "connections", "expect", "requests", "seconds", "rate", "ramp", "gap", "limit", "path", "key",
                                        "model", "prompt", "assistant", "header", "stream", "usage", "hold", "slow", "lag", "embeddings", "responses", "get", "finish"};
    enum { FLAGS = 15, COUNT = 24 };
    struct option long_names[COUNT + 1] = {0};
    for (int i = 0; i < COUNT; i++) long_names[i] = (struct option){names[i], i < FLAGS ? required_argument : no_argument, NULL, i};
    double *const numbers[] = {&opt.seconds, &opt.rate, &opt.ramp, &opt.gap, &opt.limit};
    const char **const texts[] = {&opt.path, &opt.key, &opt.model, &opt.prompt, &opt.assistant};
    int *const flags[] = {&opt.stream, &opt.usage, &opt.hold, &opt.slow, &opt.lag, &opt.embeddings, &opt.responses, &opt.get, &opt.finish};
    for (int i; (i = getopt_long(argc, argv, "", long_names, NULL)) != -1;) {
        if (i == 0) opt.port = atoi(optarg);
        else if (i == 1) opt.connections = atoi(optarg);
        else if (i == 2) opt.expect = atol(optarg);
        else if (i == 3) opt.requests = atol(optarg);
        else if (i < 9) *numbers[i - 4] = atof(optarg);
        else if (i < 14) *texts[i - 9] = optarg;
        else if (i == 14) snprintf(opt.headers + strlen(opt.headers), sizeof opt.headers - strlen(opt.headers), "%s\r\n", optarg);
        else if (i < COUNT) *flags[i - FLAGS] = 1;
        else exit(2);
    }
    if (opt.hold) opt.stream = 1;
    if (opt.slow) opt.stream = 1;
    if (opt.get) opt.stream = opt.responses = 1;
    if (!opt.port || opt.connections < 1 || !(opt.seconds > 0 || opt.requests || opt.hold || opt.slow)) {
        fprintf(stderr, "load: needs --port, --connections and one of --seconds, --requests, --hold, --slow\n");
        exit(2);
    }
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    build_message();
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, timer_fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = TIMER_MARK});
    if (opt.hold || opt.slow) epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &(struct epoll_event){.events = EPOLLIN, .data.fd = STDIN_MARK});
    conns = calloc((size_t)opt.connections, sizeof *conns);
    idle = calloc((size_t)opt.connections, sizeof *idle);
    for (int i = 0; i < opt.connections; i++) {
        conns[i].id = i;
        idle[idle_len++] = opt.connections - 1 - i;
    }
    run();
    print_result();
    return 0;
}
