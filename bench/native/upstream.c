/*
 * upstream: a model provider that costs next to nothing, for measuring what stands in front of it.
 *
 *   upstream [--port N]        N = 0 (the default) takes a free port; the first line printed is {"port":N}
 *
 * One thread, epoll, HTTP/1.1 with keep-alive, 127.0.0.1 only. Any prefix may stand before these paths:
 *   POST /chat/completions     a plain answer, or server-sent events when the body says "stream":true
 *                              (a usage event before the end when it says "include_usage":true)
 *   POST /embeddings           one vector of 64 numbers; of a model named …-384 as many, and others for another text
 *   GET  /models               one model, bench-1
 *   GET  /stats                counters since start
 *   GET  /aborts               [id, CLOCK_MONOTONIC ns] of each call that its client left, the oldest first
 *
 * A prompt steers its answer by a directive that ends with ';' and survives any proxy that keeps the text:
 *   @bench chunks=100 gap=20 size=200 first=0 body=600 status=200 id=7;
 *   chunks  content events of a stream          gap    ms between them, 0 = as fast as the socket takes them
 *   size    bytes of one event's data           first  ms before the first byte of an answer
 *   body    bytes of a plain answer             status HTTP status of the answer        id  shown in /aborts
 *
 * Each content begins with ~NUMBER~NANOSECONDS~ (place in the stream, CLOCK_MONOTONIC when written), by which
 * load.c judges order, completeness and the time on the way.
 */
#define _GNU_SOURCE
#include <errno.h>
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
#include <time.h>
#include <unistd.h>

enum { LEAST_VECTOR = 64, MOST_VECTOR = 4096, MOST_FDS = 1 << 17, MOST_REQUEST = 16 << 20, MOST_ABORTS = 16384, CHUNKS_A_TURN = 32, MOST_EVENT = 1 << 20 };

typedef struct {
    long chunks, gap, size, first, body, status, id;
    uint64_t text; /* by which texts to be embedded are told apart */
    bool stream, usage;
    char model[80];
} Plan;

typedef enum { IDLE, WAITING, STREAMING } Phase; /* WAITING: the first byte is not due yet */

typedef struct {
    int fd;
    Phase phase;
    bool wants_out, embeddings;
    char *in, *out;
    size_t in_len, in_cap, out_off, out_len, out_cap;
    Plan plan;
    long next;      /* number of the next chunk */
    int64_t due;    /* when the timer fires */
    int heap_place; /* -1: no timer */
} Conn;

static Conn *conns[MOST_FDS];
static Conn *heap[MOST_FDS];
static int heap_len, poll_fd;
static struct { uint64_t requests, streams, finished, aborted, chunks, bytes, accepted; int64_t open_connections, open_streams, last_abort; } stats;
static struct { long id; int64_t at; } aborts[MOST_ABORTS];
static char filler[MOST_EVENT], scratch[MOST_EVENT + 1024];

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *grown(void *old, size_t *cap, size_t need) {
    if (need <= *cap) return old;
    size_t size = *cap ? *cap : 1024;
    while (size < need) size *= 2;
    void *fresh = realloc(old, size);
    if (!fresh) {
        perror("upstream: memory");
        exit(1);
    }
    *cap = size;
    return fresh;
}

/* ---- timers: a binary heap by due time ------------------------------------------------------------------ */

static void heap_set(int place, Conn *c) {
    heap[place] = c;
    c->heap_place = place;
}

static void heap_up(int place, Conn *c) {
    for (int parent; place > 0 && heap[parent = (place - 1) / 2]->due > c->due; place = parent) heap_set(place, heap[parent]);
    heap_set(place, c);
}

static void heap_down(int place, Conn *c) {
    for (int child; (child = 2 * place + 1) < heap_len; place = child) {
        if (child + 1 < heap_len && heap[child + 1]->due < heap[child]->due) child++;
        if (heap[child]->due >= c->due) break;
        heap_set(place, heap[child]);
    }
    heap_set(place, c);
}

static void timer_stop(Conn *c) {
    int place = c->heap_place;
    if (place < 0) return;
    c->heap_place = -1;
    Conn *last = heap[--heap_len];
    if (last == c) return;
    heap_down(place, last);
    heap_up(last->heap_place, last);
}

static void timer_start(Conn *c, int64_t due) {
    timer_stop(c);
    c->due = due;
    heap_up(heap_len++, c);
}

/* ---- output ---------------------------------------------------------------------------------------------- */

static void put(Conn *c, const char *data, size_t n) {
    c->out = grown(c->out, &c->out_cap, c->out_len + n);
    memcpy(c->out + c->out_len, data, n);
    c->out_len += n;
}

static void watch(Conn *c, bool out) {
    if (c->wants_out == out) return;
    struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.fd = c->fd};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &e);
    c->wants_out = out;
}

/* Sends what is held; false when the connection is broken. */
static bool flush(Conn *c) {
    while (c->out_off < c->out_len) {
        ssize_t n = send(c->fd, c->out + c->out_off, c->out_len - c->out_off, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        c->out_off += (size_t)n;
        stats.bytes += (uint64_t)n;
    }
    c->out_off = c->out_len = 0;
    return true;
}

static void put_event(Conn *c, const char *data, size_t n) {
    char size[32];
    put(c, size, (size_t)snprintf(size, sizeof size, "%zx\r\n", n + 8)); /* "data: " and the empty line */
    put(c, "data: ", 6);
    put(c, data, n);
    put(c, "\n\n\r\n", 4);
}

#define EVENT_HEAD "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"%s\",\"choices\":"

static void put_chunk(Conn *c) {
    Plan *p = &c->plan;
    int n = snprintf(scratch, 1024, EVENT_HEAD "[{\"index\":0,\"delta\":{%s\"content\":\"~%ld~%lld~ ", p->model,
                     c->next ? "" : "\"role\":\"assistant\",", c->next, (long long)now_ns());
    static const char tail[] = "\"},\"finish_reason\":null}]}";
    long fill = p->size - n - (long)sizeof tail;
    if (fill > 0) {
        memcpy(scratch + n, filler, (size_t)fill);
        n += (int)fill;
    }
    memcpy(scratch + n, tail, sizeof tail - 1);
    put_event(c, scratch, (size_t)n + sizeof tail - 1);
    c->next++;
    stats.chunks++;
}

static void put_end(Conn *c) {
    Plan *p = &c->plan;
    int n = snprintf(scratch, 1024, EVENT_HEAD "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}", p->model);
    put_event(c, scratch, (size_t)n);
    if (p->usage) {
        n = snprintf(scratch, 1024, EVENT_HEAD "[],\"usage\":{\"prompt_tokens\":24,\"completion_tokens\":%ld,\"total_tokens\":%ld}}",
                     p->model, p->chunks, p->chunks + 24);
        put_event(c, scratch, (size_t)n);
    }
    put_event(c, "[DONE]", 6);
    put(c, "0\r\n\r\n", 5);
    c->phase = IDLE;
    stats.open_streams--;
    stats.finished++;
}

static void put_json(Conn *c, long status, const char *body, size_t n) {
    char head[160];
    put(c, head, (size_t)snprintf(head, sizeof head, "HTTP/1.1 %ld %s\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n",
                                  status, status < 400 ? "OK" : "Error", n));
    put(c, body, n);
}

static void put_plain(Conn *c) {
    Plan *p = &c->plan;
    int n = snprintf(scratch, 1024,
                     "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1760000000,\"model\":\"%s\",\"choices\":[{\"index\":0,"
                     "\"message\":{\"role\":\"assistant\",\"content\":\"~0~%lld~ ", p->model, (long long)now_ns());
    static const char tail[] = "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":24,\"completion_tokens\":60,\"total_tokens\":84}}";
    long fill = p->body - n - (long)sizeof tail;
    if (fill > 0) {
        memcpy(scratch + n, filler, (size_t)fill);
        n += (int)fill;
    }
    memcpy(scratch + n, tail, sizeof tail - 1);
    put_json(c, 200, scratch, (size_t)n + sizeof tail - 1);
}

static void put_vector(Conn *c) {
    const char *dash = strrchr(c->plan.model, '-');
    long numbers = dash ? atol(dash + 1) : 0;
    bool own = numbers >= LEAST_VECTOR && numbers <= MOST_VECTOR; /* else those of every text */
    uint64_t state = c->plan.text;
    int n = snprintf(scratch, 1024, "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[");
    for (int i = 0; i < (own ? numbers : LEAST_VECTOR); i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        n += snprintf(scratch + n, 32, "%s%.6f", i ? "," : "", own ? (double)(state >> 40) / (1 << 23) - 1 : (i - 32) / 64.0);
    }
    n += snprintf(scratch + n, 256, "]}],\"model\":\"%s\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}", c->plan.model);
    put_json(c, 200, scratch, (size_t)n);
}

/* ---- one call -------------------------------------------------------------------------------------------- */

/* Writes what is due; false when the connection is broken. One send a chunk, as a model's server does. */
static bool stream_on(Conn *c) {
    Plan *p = &c->plan;
    for (int turn = 0; c->phase == STREAMING && c->out_len == 0; turn++) {
        if (c->next < p->chunks) {
            if (p->gap ? turn : turn >= CHUNKS_A_TURN) break;
            put_chunk(c);
        }
        if (c->next >= p->chunks) put_end(c);
        if (!flush(c)) return false;
    }
    bool more = c->phase == STREAMING;
    if (more && p->gap && c->out_len == 0) timer_start(c, (c->due ? c->due : now_ns()) + p->gap * 1000000);
    watch(c, c->out_len > 0 || (more && !p->gap));
    return true;
}

static bool answer(Conn *c) {
    Plan *p = &c->plan;
    c->phase = IDLE;
    if (p->status != 200) {
        static const char error[] = "{\"error\":{\"message\":\"asked to fail\",\"type\":\"server_error\",\"param\":null,\"code\":null}}";
        put_json(c, p->status, error, sizeof error - 1);
    } else if (c->embeddings) {
        put_vector(c);
    } else if (!p->stream) {
        put_plain(c);
    } else {
        static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
                                   "transfer-encoding: chunked\r\n\r\n";
        put(c, head, sizeof head - 1);
        c->phase = STREAMING;
        c->next = 0;
        c->due = p->gap ? now_ns() : 0;
        stats.streams++;
        stats.open_streams++;
        if (!flush(c)) return false;
        return stream_on(c);
    }
    if (!flush(c)) return false;
    watch(c, c->out_len > 0);
    return true;
}

/* True when the JSON text says "name": true, however it is spaced. */
static bool says_true(const char *text, const char *name) {
    const char *at = strstr(text, name);
    if (!at) return false;
    at += strlen(name);
    at += strspn(at, " \t\r\n:");
    return strncmp(at, "true", 4) == 0;
}

static void read_plan(Plan *p, const char *body) {
    *p = (Plan){.chunks = 100, .size = 200, .body = 600, .status = 200, .id = -1, .model = "bench-1"};
    p->stream = says_true(body, "\"stream\"");
    p->usage = says_true(body, "\"include_usage\"");
    const char *model = strstr(body, "\"model\"");
    if (model) sscanf(model + 7, " : \"%79[A-Za-z0-9._/:-]\"", p->model);
    const char *at = strstr(body, "@bench ");
    const struct { const char *name; long *value; } known[] = {
        {"chunks=", &p->chunks}, {"gap=", &p->gap},       {"size=", &p->size}, {"first=", &p->first},
        {"body=", &p->body},     {"status=", &p->status}, {"id=", &p->id},
    };
    for (at = at ? at + 7 : ""; *at && *at != ';' && *at != '"'; at += strcspn(at, " ;\""), at += strspn(at, " "))
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (!strncmp(at, known[i].name, strlen(known[i].name))) *known[i].value = atol(at + strlen(known[i].name));
    const char *text = strstr(body, "\"input\"");
    p->text = 14695981039346656037u; /* FNV-1a */
    for (text = text ? text + 7 + strcspn(text + 7, "\"") : ""; *text && *++text && *text != '"';) p->text = (p->text ^ (uint8_t)*text) * 1099511628211u;
    if (p->size > MOST_EVENT) p->size = MOST_EVENT;
    if (p->body > MOST_EVENT) p->body = MOST_EVENT;
}

static void put_stats(Conn *c) {
    int n = snprintf(scratch, 1024,
                     "{\"requests\":%llu,\"streams\":%llu,\"finished\":%llu,\"aborted\":%llu,\"chunks\":%llu,\"bytes\":%llu,\"accepted\":%llu,"
                     "\"open_connections\":%lld,\"open_streams\":%lld,\"last_abort\":%lld,\"now\":%lld}",
                     (unsigned long long)stats.requests, (unsigned long long)stats.streams, (unsigned long long)stats.finished,
                     (unsigned long long)stats.aborted, (unsigned long long)stats.chunks, (unsigned long long)stats.bytes,
                     (unsigned long long)stats.accepted, (long long)stats.open_connections, (long long)stats.open_streams,
                     (long long)stats.last_abort, (long long)now_ns());
    put_json(c, 200, scratch, (size_t)n);
}

static void put_aborts(Conn *c) {
    uint64_t n = stats.aborted, first = n > MOST_ABORTS ? n - MOST_ABORTS : 0;
    size_t len = 0;
    for (uint64_t i = first; i < n && len + 64 < sizeof scratch; i++)
        len += (size_t)sprintf(scratch + len, "%c[%ld,%lld]", i == first ? '[' : ',', aborts[i % MOST_ABORTS].id, (long long)aborts[i % MOST_ABORTS].at);
    if (!len) scratch[len++] = '[';
    scratch[len++] = ']';
    put_json(c, 200, scratch, len);
}

static bool ends_with(const char *path, size_t n, const char *end) {
    size_t m = strlen(end);
    return n >= m && !memcmp(path + n - m, end, m);
}

static bool handle(Conn *c, const char *head, const char *body) {
    const char *path = strchr(head, ' ');
    size_t n = path ? strcspn(++path, " ?\r") : 0;
    stats.requests++;
    c->embeddings = n && ends_with(path, n, "/embeddings");
    if (c->embeddings || (n && ends_with(path, n, "/chat/completions"))) {
        read_plan(&c->plan, body);
        if (!c->plan.first) return answer(c);
        c->phase = WAITING;
        timer_start(c, now_ns() + c->plan.first * 1000000);
        return true;
    }
    static const char models[] = "{\"object\":\"list\",\"data\":[{\"id\":\"bench-1\",\"object\":\"model\",\"created\":1760000000,\"owned_by\":\"bench\"}]}";
    static const char missing[] = "{\"error\":{\"message\":\"no such path\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}";
    if (n && ends_with(path, n, "/stats")) put_stats(c);
    else if (n && ends_with(path, n, "/aborts")) put_aborts(c);
    else if (n && ends_with(path, n, "/models")) put_json(c, 200, models, sizeof models - 1);
    else put_json(c, 404, missing, sizeof missing - 1);
    if (!flush(c)) return false;
    watch(c, c->out_len > 0);
    return true;
}

/* Answers the requests that have come whole, one after the other; false when the connection must end. */
static bool take_requests(Conn *c) {
    while (c->phase == IDLE && c->out_len == 0 && c->in_len) {
        char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
        if (!end) return c->in_len < 65536;
        size_t head = (size_t)(end - c->in) + 4, length = 0;
        end[2] = 0; /* the head is a string now; a body begins after it */
        char *field = strcasestr(c->in, "\r\ncontent-length:");
        if (field) length = strtoul(field + 17, NULL, 10);
        end[2] = '\r';
        if (length > MOST_REQUEST || (!field && strncmp(c->in, "GET ", 4))) return false;
        if (c->in_len < head + length) return true;
        c->in = grown(c->in, &c->in_cap, c->in_len + 1);
        char kept = c->in[head + length];
        c->in[head + length] = 0;
        bool going_on = handle(c, c->in, c->in + head);
        c->in[head + length] = kept;
        if (!going_on) return false;
        c->in_len -= head + length;
        memmove(c->in, c->in + head + length, c->in_len);
    }
    return true;
}

/* ---- connections ----------------------------------------------------------------------------------------- */

static void drop(Conn *c) {
    if (c->phase != IDLE) {
        stats.last_abort = now_ns();
        aborts[stats.aborted % MOST_ABORTS].id = c->plan.id;
        aborts[stats.aborted++ % MOST_ABORTS].at = stats.last_abort;
    }
    if (c->phase == STREAMING) stats.open_streams--;
    timer_stop(c);
    close(c->fd);
    conns[c->fd] = NULL;
    stats.open_connections--;
    free(c->in);
    free(c->out);
    free(c);
}

static bool receive(Conn *c) {
    for (;;) {
        c->in = grown(c->in, &c->in_cap, c->in_len + 4096);
        size_t room = c->in_cap - c->in_len - 1;
        ssize_t n = recv(c->fd, c->in + c->in_len, room, 0);
        if (n == 0) return false;
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        c->in_len += (size_t)n;
        if (c->in_len > MOST_REQUEST + 65536 || !take_requests(c)) return false;
        if ((size_t)n < room) return true;
    }
}

static void serve_events(Conn *c, uint32_t events) {
    if (events & (EPOLLERR | EPOLLHUP)) return drop(c);
    if ((events & EPOLLIN) && !receive(c)) return drop(c);
    if (!(events & EPOLLOUT)) return;
    if (!flush(c)) return drop(c);
    if (c->phase == STREAMING && c->out_len == 0) {
        if (!stream_on(c)) return drop(c);
    } else if (c->phase != STREAMING) {
        watch(c, c->out_len > 0);
    }
    if (c->phase == IDLE && !take_requests(c)) drop(c);
}

static void fire_timers(void) {
    int64_t now = now_ns();
    while (heap_len && heap[0]->due <= now) {
        Conn *c = heap[0];
        timer_stop(c);
        bool fine = c->phase == WAITING ? answer(c) : stream_on(c);
        if (!fine || (c->phase == IDLE && !take_requests(c))) drop(c);
    }
}

static void accept_all(int listener) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        Conn *c = fd < MOST_FDS ? calloc(1, sizeof *c) : NULL;
        if (!c) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        c->fd = fd;
        c->heap_place = -1;
        conns[fd] = c;
        stats.accepted++;
        stats.open_connections++;
        struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &e);
    }
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 16384)) {
        perror("upstream: listen");
        exit(1);
    }
    getsockname(fd, (struct sockaddr *)&a, &(socklen_t){sizeof a});
    printf("{\"port\":%d}\n", ntohs(a.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    memset(filler, 'x', sizeof filler);
    for (size_t i = 7; i < sizeof filler; i += 8) filler[i] = ' ';
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on(argc == 3 && !strcmp(argv[1], "--port") ? atoi(argv[2]) : 0);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = listener}, got[512];
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int wait = -1;
        if (heap_len) {
            int64_t left = heap[0]->due - now_ns();
            wait = left <= 0 ? 0 : (int)((left + 999999) / 1000000);
        }
        int n = epoll_wait(poll_fd, got, 512, wait);
        for (int i = 0; i < n; i++) {
            if (got[i].data.fd == listener) accept_all(listener);
            else if (conns[got[i].data.fd]) serve_events(conns[got[i].data.fd], got[i].events);
        }
        fire_timers();
    }
}
