/* The line of JSON that a run ends with. */
#ifndef REPORT_H
#define REPORT_H

#include "connection.h"

/* Says that connections are open: whoever reads it looks at the server, and writes a line back. */
void report_open(uint32_t connections);

/* The same, and waits for the line. */
void report_pause(uint32_t connections);

/* Of a run of messages, whose connections are still open. Returns the exit code: 1 when there were
 * errors. */
int report_messages(const struct run *run);

/* The quantiles of a histogram as JSON members, with a comma before each. */
void report_quantiles(const struct histogram *histogram);

#endif
