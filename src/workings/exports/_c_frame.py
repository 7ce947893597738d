"""What every exported C file has: its head, the search for a word, and the test vectors' main."""

from __future__ import annotations

HEADER = """\
/*
 * A trained network: `predict` takes one row and gives its answer.
 *
 *     cc -std=c99 -O2 FILE.c -lm                      compiles it with its tests
 *     cc -std=c99 -O2 -DREAL=float ...                in single precision
 *     cc -std=c99 -O2 -DWORKINGS_NO_MAIN -c FILE.c    without them, for a program of your own
 *
 * All arrays have fixed sizes, nothing is allocated. The steps keep their values in static arrays,
 * so one call of `predict` must be over before the next begins.
 */
#include <math.h>
#include <stddef.h>
#ifndef WORKINGS_NO_MAIN
#include <stdio.h>
#endif

#ifndef REAL
#define REAL double
#endif
#define R(number) ((REAL)(number))
#define JOIN_AS_THEY_ARE(a, b) a##b
#define JOIN(a, b) JOIN_AS_THEY_ARE(a, b)
#define SUFFIX_double
#define SUFFIX_float f
#define MATH(name) JOIN(name, JOIN(SUFFIX_, REAL)) /* exp for double, expf for float */
"""

PLACE_OF = """\
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int same_word(const char *word, const char *level, int folded)
{
    if (word == NULL || level == NULL)
        return word == level;
    while (*level != '\\0' && (folded ? lower(*word) : *word) == *level) {
        word++;
        level++;
    }
    return *word == *level;
}

static int place_of(const char *word, const char *const *levels, int count, int folded)
{
    for (int i = 0; i < count; i++)
        if (same_word(word, levels[i], folded))
            return i;
    return -1;
}
"""

MAIN = """\
#ifndef WORKINGS_NO_MAIN

/* rows of the table, and what the engine answered for them */
{vectors}

/* how far `found` is from `expected`; two missing numbers are the same */
static double difference(double found, double expected)
{{
    if (found == expected || (found != found && expected != expected))
        return 0.0;
    return found > expected ? found - expected : expected - found;
}}

int main(void)
{{
    const double tolerance = {tolerance};
    double largest = 0.0; /* difference */
    double scale = 0.0;   /* the largest answer */

    for (int row = 0; row < {rows}; row++) {{
        REAL answer[{outputs}];
        predict({arguments}answer);
        for (int j = 0; j < {outputs}; j++) {{
            const double apart = difference(answer[j], test_answers[row][j]);
            const double size = difference(test_answers[row][j], 0.0);
            if (!(apart <= largest) && largest == largest)
                largest = apart; /* stays at not-a-number once it is that */
            if (size > scale && isfinite(size))
                scale = size;
        }}
    }}
    if (scale > 0.0)
        largest /= scale;
    if (largest <= tolerance)
        printf("agrees with the engine: largest difference %g\\n", largest);
    else
        printf("DIFFERS from the engine: largest difference %g\\n", largest);
    return largest <= tolerance ? 0 : 1;
}}

#endif
"""
