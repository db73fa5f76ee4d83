#include "report.h"

#include <stdlib.h>
#include <string.h>

void report_start(struct codec_report *report) {
    memset(report, 0, sizeof *report);
    report->row = -1;
}

void report_message(struct codec_report *report, const char *text) {
    size_t room = sizeof report->message - 1;
    size_t length = strnlen(text, room);
    memcpy(report->message, text, length);
    report->message[length] = 0;
}

void codec_free(struct codec_file file) { free(file.bytes); }
