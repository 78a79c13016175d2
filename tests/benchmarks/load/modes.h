/* The modes of the command line. Each runs, prints its line and returns the exit code. */
#ifndef MODES_H
#define MODES_H

#include "options.h"

int closed_loop(const struct options *options);
int open_loop(const struct options *options);
int fanout(const struct options *options);
int connects(const struct options *options);
int idle(const struct options *options);

#endif
