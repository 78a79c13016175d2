/* Every kernel against a validator that decodes code points, for whole and split messages. */
#include "check.h"
#include "simd.h"

enum { KEY = 0x5AC3F10E, CAPACITY = 4096 };

/* The length of the longest prefix that some well-formed text begins with. */
static size_t sound_prefix(const uint8_t *bytes, size_t length)
{
    size_t i = 0;
    while (i < length) {
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        uint8_t lead = bytes[i];
        size_t size = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (size == 0 || lead > 0xF4) {
            return i;
        }
        uint32_t code = size == 1 ? lead : lead & (0x7Fu >> size);
        for (size_t k = 0; k < size; k++) {
            if (i + k == length) {
                return length;
            }
            if (k > 0 && (bytes[i + k] & 0xC0) != 0x80) {
                return i + k;
            }
            code = k == 0 ? code : code << 6 | (bytes[i + k] & 0x3F);
            /* Can what is known so far still become a code point of this size? */
            uint32_t rest = (uint32_t)(6 * (size - 1 - k));
            uint32_t from = code << rest;
            uint32_t to = (code + 1) << rest;
            if (to <= least[size] || from > 0x10FFFF || (from >= 0xD800 && to <= 0xE000)) {
                return i + k;
            }
        }
        i += size;
    }
    return length;
}

static int32_t reference_state(const uint8_t *bytes, size_t length)
{
    int32_t state = UTF8_COMPLETE;
    for (size_t i = 0; i < length && state != UTF8_INVALID; i++) {
        state = utf8_step(state, bytes[i]);
    }
    return state;
}

static struct guarded pages;

/* Masks the text, lets the kernel unmask it up to the end of the page, and compares. */
static void check_text(const struct simd *kernel, const uint8_t *text, size_t length, size_t split)
{
    uint8_t *bytes = pages.end - length;
    uint32_t pattern = KEY;
    memcpy(bytes, text, length);
    simd_portable.mask(bytes, length, pattern);
    int32_t expected = reference_state(text, length);
    int32_t state = kernel->mask_text(bytes, split, pattern, UTF8_COMPLETE);
    CHECK_EQUAL(reference_state(text, split), state);
    if (state != UTF8_INVALID) {
        state = kernel->mask_text(bytes + split, length - split, pattern_after(pattern, split),
                                  state);
        CHECK_EQUAL(expected, state);
    }
    if (expected != UTF8_INVALID) {
        CHECK(memcmp(bytes, text, length) == 0);
    }
}

static void on_every_kernel(void (*body)(const struct simd *kernel))
{
    for (const struct simd *const *kernel = simd_candidates;; kernel++) {
        if ((*kernel)->usable()) {
            body(*kernel);
        }
        if (*kernel == &simd_portable) {
            return;
        }
    }
}

static void the_step_agrees_with_code_points(void)
{
    uint8_t bytes[4];
    for (uint32_t all = 0; all < 1u << 24; all++) {
        bytes[0] = (uint8_t)(0x80 | all >> 17);
        bytes[1] = (uint8_t)(all >> 9);
        bytes[2] = (uint8_t)((all >> 1 & 0xF0) | (all & 0x0F));
        bytes[3] = all & 0x10 ? 0xBF : 0x41;
        size_t sound = sound_prefix(bytes, 4);
        CHECK_EQUAL(sound == 4, reference_state(bytes, 4) != UTF8_INVALID);
        if (sound < 4) {
            CHECK(reference_state(bytes, sound) != UTF8_INVALID);
            CHECK_EQUAL(UTF8_INVALID, reference_state(bytes, sound + 1));
        }
    }
}

static size_t random_character(uint8_t *to, uint32_t kinds)
{
    uint32_t size = kinds == 0 ? 1 : 1 + next_random() % 4;
    uint32_t code;
    do {
        static const uint32_t limit[] = {0, 0x80, 0x800, 0x10000, 0x110000};
        code = limit[size - 1] + next_random() % (limit[size] - limit[size - 1]);
    } while (code >= 0xD800 && code <= 0xDFFF);
    switch (size) {
    case 1:
        to[0] = (uint8_t)code;
        break;
    case 2:
        to[0] = (uint8_t)(0xC0 | code >> 6);
        break;
    case 3:
        to[0] = (uint8_t)(0xE0 | code >> 12);
        break;
    default:
        to[0] = (uint8_t)(0xF0 | code >> 18);
        break;
    }
    for (uint32_t k = 1; k < size; k++) {
        to[k] = (uint8_t)(0x80 | (code >> (6 * (size - 1 - k)) & 0x3F));
    }
    return size;
}

static size_t random_text(uint8_t *text, size_t length, uint32_t kinds)
{
    size_t filled = 0;
    while (filled + 4 <= length) {
        filled += random_character(text + filled, kinds);
    }
    return filled;
}

static void sound_text(const struct simd *kernel)
{
    static uint8_t text[CAPACITY];
    for (size_t length = 8; length < 420; length++) {
        size_t filled = random_text(text, length, (uint32_t)length & 3);
        check_text(kernel, text, filled, 0);
        check_text(kernel, text, filled, filled);
        check_text(kernel, text, filled, next_random() % (filled + 1));
        /* cut inside a character */
        size_t cut = filled - next_random() % 4;
        check_text(kernel, text, cut, next_random() % (cut + 1));
    }
}

static void one_bad_byte(const struct simd *kernel)
{
    static uint8_t text[CAPACITY];
    for (int i = 0; i < 60000; i++) {
        size_t filled = random_text(text, 8 + next_random() % 400, next_random() & 3);
        text[next_random() % filled] = (uint8_t)next_random();
        if (next_random() & 1) {
            text[next_random() % filled] = (uint8_t)(0x80 | next_random());
        }
        check_text(kernel, text, filled, next_random() % (filled + 1));
    }
}

/* The samples of Autobahn 6.12 to 6.21, each at every place of a message of three blocks. */
static void bad_sequences_everywhere(const struct simd *kernel)
{
    static const char *const samples[] = {
        "\x80", "\xBF", "\x80\xBF\x80", "\xC0 ", "\xDF ", "\xE0 ", "\xEF ", "\xF0 ", "\xF4 ",
        "\xC2", "\xE0\xA0", "\xEF\xBF", "\xF0\x90\x80", "\xF4\x8F\xBF", "\xF5", "\xF7\xBF\xBF\xBF",
        "\xFE", "\xFF", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xF0\x80\x80\xAF",
        "\xF0\x8F\xBF\xBF", "\xF8\x88\x80\x80\x80", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80",
        "\xE0\xA0\x80", "\xC2\x80", "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5",
    };
    static uint8_t text[CAPACITY];
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        size_t size = strlen(samples[s]);
        for (size_t length = 128; length <= 240; length += 16 + (length & 7) + 1) {
            for (size_t at = 0; at + size <= length; at++) {
                memset(text, 'a', length);
                memcpy(text + at, samples[s], size);
                check_text(kernel, text, length, 0);
                check_text(kernel, text, at + size, 0);
                check_text(kernel, text, length, at);
            }
        }
    }
}

static void kernels_accept_sound_text(void)
{
    on_every_kernel(sound_text);
}

static void kernels_notice_a_bad_byte(void)
{
    on_every_kernel(one_bad_byte);
}

static void kernels_notice_bad_sequences_everywhere(void)
{
    on_every_kernel(bad_sequences_everywhere);
}

int main(void)
{
    pages = guarded_pages(2);
    RUN(the_step_agrees_with_code_points);
    RUN(kernels_accept_sound_text);
    RUN(kernels_notice_a_bad_byte);
    RUN(kernels_notice_bad_sequences_everywhere);
    return 0;
}
