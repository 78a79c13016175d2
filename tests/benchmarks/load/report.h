/* The line of JSON that a run ends with. */
#ifndef REPORT_H
#define REPORT_H

#include "connection.h"

/* Of a run of messages. Returns the exit code: 1 when there were errors. */
int report_messages(const struct run *run);

/* The quantiles of a histogram as JSON members, with a comma before each. */
void report_quantiles(const struct histogram *histogram);

#endif
