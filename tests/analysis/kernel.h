/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fixtures' kernel has beside the drivers, as far as bodies tell what it does. */

__printf(2, 3) void dev_err(const struct device *dev, const char *fmt, ...);
__printf(2, 3) void dev_warn(const struct device *dev, const char *fmt, ...);
__printf(2, 3) void dev_info(const struct device *dev, const char *fmt, ...);
__printf(2, 3) void dev_dbg(const struct device *dev, const char *fmt, ...);
__printf(2, 3) void dev_warn_once(const struct device *dev, const char *fmt, ...);
__printf(1, 2) int printk(const char *fmt, ...);
__printf(1, 2) int log_text(const char *fmt, ...);

#define pr_err(fmt, ...) log_text("<3>" fmt, ##__VA_ARGS__)
#define pr_warn(fmt, ...) log_text("<4>" fmt, ##__VA_ARGS__)
#define pr_notice(fmt, ...) log_text("<5>" fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...) log_text("<7>" fmt, ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...) \
	do { \
		static struct ratelimit_state state; \
		if (__ratelimit(&state)) \
			log_text("<3>" fmt, ##__VA_ARGS__); \
	} while (0)
#define pr_warn_ratelimited(fmt, ...) \
	do { \
		static struct ratelimit_state state; \
		if (__ratelimit(&state)) \
			log_text("<4>" fmt, ##__VA_ARGS__); \
	} while (0)

static inline int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)
{
	log_text(fmt);
	return err;
}

void *kzalloc(size_t size, gfp_t flags) __malloc;
void *kcalloc(size_t n, size_t size, gfp_t flags) __malloc;

static inline unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
					       unsigned long from)
{
	for (; from < size; from++)
		if (!(map[from / 64] >> (from % 64) & 1))
			return from;
	return size;
}

static inline unsigned long find_first_zero_bit(const unsigned long *map, unsigned long size)
{
	return find_next_zero_bit(map, size, 0);
}

static inline int ida_alloc_range(struct ida *ida, unsigned int from, unsigned int to, gfp_t flags)
{
	if (from > to)
		return -ENOSPC;
	return ida_take(ida, from, flags);
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline bool test_bit(unsigned long nr, const unsigned long *map)
{
	return map[nr / 64] >> (nr % 64) & 1;
}

static inline bool test_and_set_bit(unsigned long nr, unsigned long *map)
{
	bool old;

	asm volatile("bts" : "=r" (old), "+m" (*map) : "r" (nr));
	return old;
}

static inline int atomic_read(const atomic_t *v)
{
	return v->counter;
}

static inline int mutex_trylock(struct mutex *lock)
{
	int taken;

	asm volatile("cas" : "=r" (taken), "+m" (lock->owner));
	return taken;
}

#define min(a, b) ((a) < (b) ? (a) : (b))
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define IS_ENABLED(option) ((option) == 1)
#define BIT(nr) (1UL << (nr))
#define GENMASK(high, low) ((~0UL << (low)) & (~0UL >> (63 - (high))))
#define FIELD_GET(mask, value) (((value) & (mask)) >> __builtin_ctzll(mask))
#define FIELD_PREP(mask, value) (((value) << __builtin_ctzll(mask)) & (mask))
#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define cpu_to_le64(x) ((__force __le64)(u64)(x))
#define le64_to_cpu(x) ((__force u64)(__le64)(x))
#define cpu_to_le32(x) ((__force __le32)(u32)(x))
#define le32_to_cpu(x) ((__force u32)(__le32)(x))
