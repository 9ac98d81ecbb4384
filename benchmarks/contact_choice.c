/* The choice phase (participation) and the contact phase (word of mouth) by hand, in plain C.
 *
 * Same arrays, same keyed draws, same results: bench_contact_choice.py compares every column it writes with what
 * Numba's kernels write. Compile without contraction of a * b + c (-ffp-contract=off), or the last bits differ.
 *
 * fields.h is written by bench_contact_choice.py from the model's own lists: the structs residents_t (a pointer a
 * column), participation_t, trust_t, ... (a double a parameter), and the numbers of flows, FLOW_...
 */
#include <math.h>
#include <stdint.h>
#include "fields.h"

enum { STAY, MEETING, COUNCIL, ONLINE };
enum { NO_PROPOSAL, ADOPTED, TURNED_DOWN };
enum { VOICES_LATER = 4, INVITED_DAYS = 7 };

/* --- keyed draws ------------------------------------------------------------------------------------------- */

static inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline uint64_t stream_day(uint64_t stream, int64_t day, int64_t index) {
    return mix(stream + (uint64_t)day * 0x9E3779B97F4A7C15u + (uint64_t)index * 0xD1B54A32D192ED03u);
}

static inline double uniform(uint64_t day, uint64_t key) { return (double)(mix(key ^ day) >> 11) * 0x1p-53; }

/* Lists whom an even chance strikes today. Two loops: the first one is vectorised. */
static int64_t struck(int64_t n, uint64_t day, const uint64_t *restrict key, const int8_t *restrict present,
                      double chance, int8_t *restrict mask, int32_t *restrict rows) {
    uint64_t most = (uint64_t)ceil(fmin(fmax(chance, 0.0), 1.0) * 0x1p53);
    int64_t end = 0;
    for (int64_t i = 0; i < n; i++) mask[i] = ((mix(key[i] ^ day) >> 11) < most) & (present[i] == 1);
    for (int64_t i = 0; i < n; i++) {
        rows[end] = (int32_t)i;
        end += mask[i];
    }
    return end;
}

/* --- rules ------------------------------------------------------------------------------------------------- */

static inline double safe_exp(double x) { return exp(fmin(fmax(x, -700.0), 700.0)); }
static inline double either(double a, double b) { return 1.0 - (1.0 - a) * (1.0 - b); }
static inline double gained(double level, double share) { return level + share * (1.0 - level); }

static inline double performance(const trust_t *t, double timely, double resolved, double treatment) {
    return t->weight_timely * timely + t->weight_resolved * resolved + t->weight_treatment * treatment;
}

static int surely_stays(const participation_t *p, double common, double w, int meeting, int council, int online,
                        double u) {
    double best = -1.0e9;
    if (meeting) best = fmax(best, common - p->cost * p->hours_meeting * w);
    if (council) best = fmax(best, common - p->cost * p->hours_council * w - p->depth);
    if (online) best = fmax(best, common - p->cost * p->hours_online * w + p->online_shift);
    return log(fmax(u, 1e-300)) > best + p->nesting * 1.0986122886681098 + 1e-9;
}

static int choose(const participation_t *p, double common, double w, int meeting, int council, int online, double u) {
    double m = p->nesting;
    double a = meeting ? safe_exp((common - p->cost * p->hours_meeting * w) / m) : 0.0;
    double b = council ? safe_exp((common - p->cost * p->hours_council * w - p->depth) / m) : 0.0;
    double c = online ? safe_exp((common - p->cost * p->hours_online * w + p->online_shift) / m) : 0.0;
    double total = a + b + c;
    if (total <= 0.0) return STAY;
    double weight = safe_exp(m * log(total));
    double chance = weight / (1.0 + weight);
    if (u >= chance) return STAY;
    double r = u / chance * total;
    if (r < a) return MEETING;
    if (r < a + b) return COUNCIL;
    if (online) return ONLINE;
    return council ? COUNCIL : MEETING;
}

/* --- the choice phase -------------------------------------------------------------------------------------- */

void take_part(int64_t n, int64_t tick, int64_t group_count, int64_t flow_count, const uint64_t *streams,
               const double *meeting_supply, const double *council_supply, const double *online_supply,
               const double *promises, double adoption, const double *participation_shift,
               const residents_t *residents, const int64_t *indptr, const int32_t *indices, const participation_t *p,
               const trust_t *t, double later_voice, double treatment, double *flows, int8_t *mask, int32_t *rows) {
    residents_t r = *residents;
    uint64_t meeting_day = stream_day(streams[1], tick, MEETING), council_day = stream_day(streams[1], tick, COUNCIL);
    uint64_t online_day = stream_day(streams[1], tick, ONLINE), choice_day = stream_day(streams[2], tick, 0);
    for (int64_t i = 0; i < n; i++) r.act[i] = STAY, r.proposal[i] = NO_PROPOSAL, r.need[i] = 0;
    int64_t end = struck(n, stream_day(streams[0], tick, 0), r.key, r.present, p->occasions, mask, rows);
    for (int64_t k = 0; k < end; k++) {
        int64_t i = rows[k];
        if (r.age[i] == 0) continue;
        uint64_t key = r.key[i];
        int64_t g = r.group[i], place = r.quarter[i] * group_count + g;
        int meeting = uniform(meeting_day, key) < meeting_supply[place];
        int council = uniform(council_day, key) < council_supply[place];
        int online = r.online[i] == 1 && uniform(online_day, key) < online_supply[place];
        if (!(meeting || council || online)) continue;
        double alone = participation_shift[g]
            + (p->base + r.taste[i] + p->b_knowledge * r.knowledge[i] + p->b_efficacy * r.efficacy[i]
               + p->b_belonging * r.belonging[i] + p->b_trust * (r.trust[i] - 0.5) + p->b_informed * r.informed[i]
               + p->b_invited * (tick - r.invited[i] < INVITED_DAYS ? 1.0 : 0.0));
        double u = uniform(choice_day, key), w = r.time_value[i];
        if (surely_stays(p, alone + fmax(p->b_neighbours, 0.0), w, meeting, council, online, u)) continue;
        int64_t first = indptr[i], last = indptr[i + 1], active = 0;
        for (int64_t e = first; e < last; e++) active += r.active[indices[e]];
        double share = last > first ? (double)active / (double)(last - first) : 0.0;
        int way = choose(p, alone + p->b_neighbours * share, w, meeting, council, online, u);
        if (way == STAY) continue;
        double *flow = flows + (int64_t)r.cell[i] * flow_count;
        r.act[i] = (int8_t)way;
        r.acts[i] += 1;
        flow[FLOW_act_hours] += way == MEETING ? p->hours_meeting : way == COUNCIL ? p->hours_council : p->hours_online;
        if (way == MEETING) r.last_meeting[i] = (int32_t)tick, flow[FLOW_acts_meeting] += 1.0;
        else if (way == COUNCIL) r.last_council[i] = (int32_t)tick, flow[FLOW_acts_council] += 1.0;
        else r.last_online[i] = (int32_t)tick, flow[FLOW_acts_online] += 1.0;
        double promise = either(t->act_promise, promises[place]);
        r.expectation[i] = r.expectation[i] + t->promise * promise * (1.0 - r.expectation[i]);
        if (uniform(stream_day(streams[3], tick, 0), key) < p->proposals) {
            int adopted = uniform(stream_day(streams[3], tick, 1), key) < either(p->adoption, adoption);
            double answer = adopted ? 1.0 : 0.0;
            r.proposal[i] = adopted ? ADOPTED : TURNED_DOWN;
            r.experience_sum[i] += performance(t, answer, answer, treatment);
            r.experience_n[i] += 1.0;
        } else if (way != ONLINE) {
            r.experience_sum[i] += t->enquiry_weight * treatment;
            r.experience_n[i] += t->enquiry_weight;
        }
        if (uniform(stream_day(streams[3], tick, 2), key) < later_voice) r.need[i] = VOICES_LATER;
    }
}

/* --- the contact phase ------------------------------------------------------------------------------------- */

void word_of_mouth(int64_t n, int64_t tick, const uint64_t *streams, const residents_t *residents,
                   const int64_t *indptr, const int32_t *indices, const diffusion_t *p, double informed_gain,
                   int8_t *mask, int32_t *rows) {
    residents_t r = *residents;
    for (int64_t i = 0; i < n; i++) {
        r.said[i] = r.present[i] == 1 ? r.trust[i] : -1.0;
        r.known[i] = r.informed[i];
    }
    uint64_t pass_day = stream_day(streams[1], tick, 0);
    int64_t end = struck(n, stream_day(streams[0], tick, 0), r.key, r.present, p->meet, mask, rows);
    for (int64_t k = 0; k < end; k++) {
        int64_t i = rows[k], count = 0;
        double said = 0.0, known = 0.0;
        for (int64_t e = indptr[i]; e < indptr[i + 1]; e++) {
            int64_t j = indices[e];
            if (r.said[j] >= 0.0) count++, said += r.said[j], known += r.known[j];
        }
        if (count == 0) continue;
        double here = (double)count;
        if (p->susceptibility > 0.0)
            r.trust[i] = p->susceptibility * (said / here) + (1.0 - p->susceptibility) * r.anchor[i];
        double chance = p->meet > 0.0 ? 1.0 - safe_exp(-p->pass_on * (known / here) / (7.0 * p->meet)) : 0.0;
        if (uniform(pass_day, r.key[i]) < chance) r.informed[i] = gained(r.informed[i], informed_gain);
    }
}
