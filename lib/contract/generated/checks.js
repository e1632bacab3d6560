// Generated from lib/messages.ts by `npm run schemas`.
"use strict";
exports.checkLdo = validate10;
const schema11 = {"type":"object","required":["schema","ldo_id","timestamp","device","install_id","site","line","asset_id","run_id","mode","simulated","scan","context","lookup","sensor_data","sensor_quality","clock","ai_prediction","ai_confidence","ai_probabilities","model","backend","ground_truth_label","label_source","decision","video_clip","latency_ms"],"properties":{"schema":{"type":"string","const":"ldo/1"},"ldo_id":{"type":"string","pattern":"^LDO-[0-9a-f-]{36}$"},"timestamp":{"type":"number"},"device":{"type":"string"},"install_id":{"type":"string"},"site":{"type":"string"},"line":{"type":"string"},"asset_id":{"anyOf":[{"type":"string"},{"type":"null"}]},"run_id":{"anyOf":[{"type":"string"},{"type":"null"}]},"mode":{"enum":["commissioning","dry-run","live"]},"simulated":{"type":"boolean"},"scan":{"anyOf":[{"type":"object","required":["id","code","raw","at"],"properties":{"id":{"type":"string","pattern":"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"},"code":{"type":"string"},"raw":{"type":"string"},"symbology":{"type":"string"},"gs1":{"type":"object","patternProperties":{"^.*$":{"type":"string"}}},"reader":{"type":"string"},"at":{"type":"string","format":"date-time","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},"repeats":{"type":"integer","minimum":1}}},{"type":"null"}]},"context":{"anyOf":[{"type":"object","patternProperties":{"^.*$":{}}},{"type":"null"}]},"lookup":{"anyOf":[{"type":"object","required":["key","source","stale","age_ms","latency_ms"],"properties":{"key":{"type":"string"},"source":{"enum":["redis","cache","embedded"]},"stale":{"type":"boolean"},"age_ms":{"type":"number"},"latency_ms":{"type":"number"}}},{"type":"null"}]},"sensor_data":{"type":"object","patternProperties":{"^.*$":{"anyOf":[{"type":"number"},{"type":"null"}]}}},"sensor_quality":{"type":"object","patternProperties":{"^.*$":{"type":"object","required":["unit","quality","age_ms","source"],"properties":{"unit":{"type":"string"},"quality":{"enum":["good","uncertain","bad","stale","missing"]},"age_ms":{"anyOf":[{"type":"number"},{"type":"null"}]},"skew_ms":{"type":"number"},"source":{"type":"string"},"reason":{"type":"string"}}}}},"clock":{"type":"object","required":["synced","skew_ms"],"properties":{"synced":{"anyOf":[{"type":"boolean"},{"type":"null"}]},"skew_ms":{"anyOf":[{"type":"number"},{"type":"null"}]},"boot":{"type":"object","required":["id","ms"],"properties":{"id":{"type":"string"},"ms":{"type":"number"}}}}},"unusable":{"type":"object","required":["code","reason"],"properties":{"code":{"type":"string"},"channel":{"type":"string"},"reason":{"type":"string"}}},"ai_prediction":{"anyOf":[{"type":"string"},{"type":"null"}]},"ai_confidence":{"anyOf":[{"type":"number","minimum":0,"maximum":1},{"type":"null"}]},"ai_probabilities":{"anyOf":[{"type":"object","patternProperties":{"^.*$":{"type":"number","minimum":0,"maximum":1}}},{"type":"null"}]},"why":{"type":"array","items":{"type":"object","required":["channel","effect"],"properties":{"channel":{"type":"string"},"effect":{"type":"number"}}}},"model":{"anyOf":[{"type":"object","required":["name","version","sha256"],"properties":{"name":{"type":"string"},"version":{"type":"string"},"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"}}},{"type":"null"}]},"backend":{"anyOf":[{"type":"object","required":["kind","provider","device","precision","fallback"],"properties":{"kind":{"type":"string"},"provider":{"type":"string"},"device":{"type":"string"},"precision":{"type":"string"},"fallback":{"anyOf":[{"type":"object","required":["from","reason"],"properties":{"from":{"type":"string"},"reason":{"type":"string"}}},{"type":"null"}]}}},{"type":"null"}]},"fault":{"type":"object","required":["code","message"],"properties":{"code":{"type":"string"},"message":{"type":"string"}}},"challenger":{},"arm":{"enum":["active","challenger"]},"ground_truth_label":{"anyOf":[{"type":"string"},{"type":"null"}]},"label_source":{"enum":["context","engineer","process","maintenance","none"]},"decision":{"anyOf":[{"type":"object","required":["outcome","reasons","evaluation"],"properties":{"outcome":{"enum":["alert","repeat","delayed","shelved","review","normal","unjudged"]},"reasons":{"type":"array","items":{"type":"string"}},"findings":{"type":"array","items":{"type":"object","required":["kind","label","value","limit","severity"],"properties":{"kind":{"enum":["limit","model"]},"label":{"type":"string"},"channel":{"type":"string"},"value":{"type":"number"},"limit":{"type":"number"},"severity":{"enum":["low","medium","high","critical"]}}}},"episode_id":{"type":"string"},"mer_id":{"type":"string"},"evaluation":{"anyOf":[{"type":"object","required":["stratum","probability"],"properties":{"stratum":{"enum":["alert_model","alert_limit","review","normal","unjudged"]},"probability":{"type":"number","minimum":0,"maximum":1}}},{"type":"null"}]}}},{"type":"null"}]},"mer_id":{"type":"string"},"video_clip":{"anyOf":[{"type":"object","required":["uri","start","end","status"],"properties":{"uri":{"anyOf":[{"type":"string"},{"type":"null"}]},"start":{"anyOf":[{"type":"string","format":"date-time","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},{"type":"null"}]},"end":{"anyOf":[{"type":"string","format":"date-time","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},{"type":"null"}]},"status":{"enum":["ok","pending","missing"]},"reason":{"type":"string"}}},{"type":"null"}]},"latency_ms":{"type":"object","required":["lookup","fuse","infer","total"],"properties":{"lookup":{"anyOf":[{"type":"number"},{"type":"null"}]},"fuse":{"anyOf":[{"type":"number"},{"type":"null"}]},"infer":{"anyOf":[{"type":"number"},{"type":"null"}]},"total":{"anyOf":[{"type":"number"},{"type":"null"}]}}}},"additionalProperties":false,"$id":"ldo-1"};
const func2 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^LDO-[0-9a-f-]{36}$", "u");
const pattern1 = new RegExp("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", "u");
const pattern2 = new RegExp("^.*$", "u");
const pattern3 = new RegExp("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$", "u");
const pattern7 = new RegExp("^[0-9a-f]{64}$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="ldo-1" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.schema === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schema"},message:"must have required property '"+"schema"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.ldo_id === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ldo_id"},message:"must have required property '"+"ldo_id"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.timestamp === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "timestamp"},message:"must have required property '"+"timestamp"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.device === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "device"},message:"must have required property '"+"device"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.install_id === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "install_id"},message:"must have required property '"+"install_id"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.site === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "site"},message:"must have required property '"+"site"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.line === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "line"},message:"must have required property '"+"line"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.asset_id === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "asset_id"},message:"must have required property '"+"asset_id"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.run_id === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "run_id"},message:"must have required property '"+"run_id"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.mode === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "mode"},message:"must have required property '"+"mode"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.simulated === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "simulated"},message:"must have required property '"+"simulated"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.scan === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "scan"},message:"must have required property '"+"scan"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.context === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "context"},message:"must have required property '"+"context"+"'"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.lookup === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "lookup"},message:"must have required property '"+"lookup"+"'"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.sensor_data === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "sensor_data"},message:"must have required property '"+"sensor_data"+"'"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data.sensor_quality === undefined){
const err15 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "sensor_quality"},message:"must have required property '"+"sensor_quality"+"'"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data.clock === undefined){
const err16 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "clock"},message:"must have required property '"+"clock"+"'"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data.ai_prediction === undefined){
const err17 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ai_prediction"},message:"must have required property '"+"ai_prediction"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data.ai_confidence === undefined){
const err18 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ai_confidence"},message:"must have required property '"+"ai_confidence"+"'"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data.ai_probabilities === undefined){
const err19 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ai_probabilities"},message:"must have required property '"+"ai_probabilities"+"'"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data.model === undefined){
const err20 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"},message:"must have required property '"+"model"+"'"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data.backend === undefined){
const err21 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "backend"},message:"must have required property '"+"backend"+"'"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data.ground_truth_label === undefined){
const err22 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ground_truth_label"},message:"must have required property '"+"ground_truth_label"+"'"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data.label_source === undefined){
const err23 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "label_source"},message:"must have required property '"+"label_source"+"'"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data.decision === undefined){
const err24 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "decision"},message:"must have required property '"+"decision"+"'"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data.video_clip === undefined){
const err25 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "video_clip"},message:"must have required property '"+"video_clip"+"'"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data.latency_ms === undefined){
const err26 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "latency_ms"},message:"must have required property '"+"latency_ms"+"'"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err27 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data.schema !== undefined){
let data0 = data.schema;
if(typeof data0 !== "string"){
const err28 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if("ldo/1" !== data0){
const err29 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/const",keyword:"const",params:{allowedValue: "ldo/1"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.ldo_id !== undefined){
let data1 = data.ldo_id;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
const err30 = {instancePath:instancePath+"/ldo_id",schemaPath:"#/properties/ldo_id/pattern",keyword:"pattern",params:{pattern: "^LDO-[0-9a-f-]{36}$"},message:"must match pattern \""+"^LDO-[0-9a-f-]{36}$"+"\""};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/ldo_id",schemaPath:"#/properties/ldo_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.timestamp !== undefined){
let data2 = data.timestamp;
if(!((typeof data2 == "number") && (isFinite(data2)))){
const err32 = {instancePath:instancePath+"/timestamp",schemaPath:"#/properties/timestamp/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data.device !== undefined){
if(typeof data.device !== "string"){
const err33 = {instancePath:instancePath+"/device",schemaPath:"#/properties/device/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.install_id !== undefined){
if(typeof data.install_id !== "string"){
const err34 = {instancePath:instancePath+"/install_id",schemaPath:"#/properties/install_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data.site !== undefined){
if(typeof data.site !== "string"){
const err35 = {instancePath:instancePath+"/site",schemaPath:"#/properties/site/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data.line !== undefined){
if(typeof data.line !== "string"){
const err36 = {instancePath:instancePath+"/line",schemaPath:"#/properties/line/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data.asset_id !== undefined){
let data7 = data.asset_id;
const _errs17 = errors;
let valid1 = false;
const _errs18 = errors;
if(typeof data7 !== "string"){
const err37 = {instancePath:instancePath+"/asset_id",schemaPath:"#/properties/asset_id/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
var _valid0 = _errs18 === errors;
valid1 = valid1 || _valid0;
if(!valid1){
const _errs20 = errors;
if(data7 !== null){
const err38 = {instancePath:instancePath+"/asset_id",schemaPath:"#/properties/asset_id/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
var _valid0 = _errs20 === errors;
valid1 = valid1 || _valid0;
}
if(!valid1){
const err39 = {instancePath:instancePath+"/asset_id",schemaPath:"#/properties/asset_id/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
else {
errors = _errs17;
if(vErrors !== null){
if(_errs17){
vErrors.length = _errs17;
}
else {
vErrors = null;
}
}
}
}
if(data.run_id !== undefined){
let data8 = data.run_id;
const _errs23 = errors;
let valid2 = false;
const _errs24 = errors;
if(typeof data8 !== "string"){
const err40 = {instancePath:instancePath+"/run_id",schemaPath:"#/properties/run_id/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
var _valid1 = _errs24 === errors;
valid2 = valid2 || _valid1;
if(!valid2){
const _errs26 = errors;
if(data8 !== null){
const err41 = {instancePath:instancePath+"/run_id",schemaPath:"#/properties/run_id/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
var _valid1 = _errs26 === errors;
valid2 = valid2 || _valid1;
}
if(!valid2){
const err42 = {instancePath:instancePath+"/run_id",schemaPath:"#/properties/run_id/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
else {
errors = _errs23;
if(vErrors !== null){
if(_errs23){
vErrors.length = _errs23;
}
else {
vErrors = null;
}
}
}
}
if(data.mode !== undefined){
let data9 = data.mode;
if(!(((data9 === "commissioning") || (data9 === "dry-run")) || (data9 === "live"))){
const err43 = {instancePath:instancePath+"/mode",schemaPath:"#/properties/mode/enum",keyword:"enum",params:{allowedValues: schema11.properties.mode.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data.simulated !== undefined){
if(typeof data.simulated !== "boolean"){
const err44 = {instancePath:instancePath+"/simulated",schemaPath:"#/properties/simulated/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data.scan !== undefined){
let data11 = data.scan;
const _errs32 = errors;
let valid3 = false;
const _errs33 = errors;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.id === undefined){
const err45 = {instancePath:instancePath+"/scan",schemaPath:"#/properties/scan/anyOf/0/required",keyword:"required",params:{missingProperty: "id"},message:"must have required property '"+"id"+"'"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data11.code === undefined){
const err46 = {instancePath:instancePath+"/scan",schemaPath:"#/properties/scan/anyOf/0/required",keyword:"required",params:{missingProperty: "code"},message:"must have required property '"+"code"+"'"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(data11.raw === undefined){
const err47 = {instancePath:instancePath+"/scan",schemaPath:"#/properties/scan/anyOf/0/required",keyword:"required",params:{missingProperty: "raw"},message:"must have required property '"+"raw"+"'"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(data11.at === undefined){
const err48 = {instancePath:instancePath+"/scan",schemaPath:"#/properties/scan/anyOf/0/required",keyword:"required",params:{missingProperty: "at"},message:"must have required property '"+"at"+"'"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data11.id !== undefined){
let data12 = data11.id;
if(typeof data12 === "string"){
if(!pattern1.test(data12)){
const err49 = {instancePath:instancePath+"/scan/id",schemaPath:"#/properties/scan/anyOf/0/properties/id/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"},message:"must match pattern \""+"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"+"\""};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/scan/id",schemaPath:"#/properties/scan/anyOf/0/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data11.code !== undefined){
if(typeof data11.code !== "string"){
const err51 = {instancePath:instancePath+"/scan/code",schemaPath:"#/properties/scan/anyOf/0/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data11.raw !== undefined){
if(typeof data11.raw !== "string"){
const err52 = {instancePath:instancePath+"/scan/raw",schemaPath:"#/properties/scan/anyOf/0/properties/raw/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data11.symbology !== undefined){
if(typeof data11.symbology !== "string"){
const err53 = {instancePath:instancePath+"/scan/symbology",schemaPath:"#/properties/scan/anyOf/0/properties/symbology/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data11.gs1 !== undefined){
let data16 = data11.gs1;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key1 in data16){
if(pattern2.test(key1)){
if(typeof data16[key1] !== "string"){
const err54 = {instancePath:instancePath+"/scan/gs1/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/scan/anyOf/0/properties/gs1/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
}
else {
const err55 = {instancePath:instancePath+"/scan/gs1",schemaPath:"#/properties/scan/anyOf/0/properties/gs1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data11.reader !== undefined){
if(typeof data11.reader !== "string"){
const err56 = {instancePath:instancePath+"/scan/reader",schemaPath:"#/properties/scan/anyOf/0/properties/reader/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data11.at !== undefined){
let data19 = data11.at;
if(typeof data19 === "string"){
if(!pattern3.test(data19)){
const err57 = {instancePath:instancePath+"/scan/at",schemaPath:"#/properties/scan/anyOf/0/properties/at/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},message:"must match pattern \""+"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"+"\""};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
else {
const err58 = {instancePath:instancePath+"/scan/at",schemaPath:"#/properties/scan/anyOf/0/properties/at/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data11.repeats !== undefined){
let data20 = data11.repeats;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err59 = {instancePath:instancePath+"/scan/repeats",schemaPath:"#/properties/scan/anyOf/0/properties/repeats/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 < 1 || isNaN(data20)){
const err60 = {instancePath:instancePath+"/scan/repeats",schemaPath:"#/properties/scan/anyOf/0/properties/repeats/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
}
else {
const err61 = {instancePath:instancePath+"/scan",schemaPath:"#/properties/scan/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
var _valid2 = _errs33 === errors;
valid3 = valid3 || _valid2;
if(!valid3){
const _errs53 = errors;
if(data11 !== null){
const err62 = {instancePath:instancePath+"/scan",schemaPath:"#/properties/scan/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
var _valid2 = _errs53 === errors;
valid3 = valid3 || _valid2;
}
if(!valid3){
const err63 = {instancePath:instancePath+"/scan",schemaPath:"#/properties/scan/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
else {
errors = _errs32;
if(vErrors !== null){
if(_errs32){
vErrors.length = _errs32;
}
else {
vErrors = null;
}
}
}
}
if(data.context !== undefined){
let data21 = data.context;
const _errs56 = errors;
let valid6 = false;
const _errs57 = errors;
if(!(data21 && typeof data21 == "object" && !Array.isArray(data21))){
const err64 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
var _valid3 = _errs57 === errors;
valid6 = valid6 || _valid3;
if(!valid6){
const _errs59 = errors;
if(data21 !== null){
const err65 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
var _valid3 = _errs59 === errors;
valid6 = valid6 || _valid3;
}
if(!valid6){
const err66 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
else {
errors = _errs56;
if(vErrors !== null){
if(_errs56){
vErrors.length = _errs56;
}
else {
vErrors = null;
}
}
}
}
if(data.lookup !== undefined){
let data22 = data.lookup;
const _errs62 = errors;
let valid7 = false;
const _errs63 = errors;
if(data22 && typeof data22 == "object" && !Array.isArray(data22)){
if(data22.key === undefined){
const err67 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf/0/required",keyword:"required",params:{missingProperty: "key"},message:"must have required property '"+"key"+"'"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if(data22.source === undefined){
const err68 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf/0/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(data22.stale === undefined){
const err69 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf/0/required",keyword:"required",params:{missingProperty: "stale"},message:"must have required property '"+"stale"+"'"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data22.age_ms === undefined){
const err70 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf/0/required",keyword:"required",params:{missingProperty: "age_ms"},message:"must have required property '"+"age_ms"+"'"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if(data22.latency_ms === undefined){
const err71 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf/0/required",keyword:"required",params:{missingProperty: "latency_ms"},message:"must have required property '"+"latency_ms"+"'"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data22.key !== undefined){
if(typeof data22.key !== "string"){
const err72 = {instancePath:instancePath+"/lookup/key",schemaPath:"#/properties/lookup/anyOf/0/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data22.source !== undefined){
let data24 = data22.source;
if(!(((data24 === "redis") || (data24 === "cache")) || (data24 === "embedded"))){
const err73 = {instancePath:instancePath+"/lookup/source",schemaPath:"#/properties/lookup/anyOf/0/properties/source/enum",keyword:"enum",params:{allowedValues: schema11.properties.lookup.anyOf[0].properties.source.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data22.stale !== undefined){
if(typeof data22.stale !== "boolean"){
const err74 = {instancePath:instancePath+"/lookup/stale",schemaPath:"#/properties/lookup/anyOf/0/properties/stale/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data22.age_ms !== undefined){
let data26 = data22.age_ms;
if(!((typeof data26 == "number") && (isFinite(data26)))){
const err75 = {instancePath:instancePath+"/lookup/age_ms",schemaPath:"#/properties/lookup/anyOf/0/properties/age_ms/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data22.latency_ms !== undefined){
let data27 = data22.latency_ms;
if(!((typeof data27 == "number") && (isFinite(data27)))){
const err76 = {instancePath:instancePath+"/lookup/latency_ms",schemaPath:"#/properties/lookup/anyOf/0/properties/latency_ms/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
}
else {
const err77 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
var _valid4 = _errs63 === errors;
valid7 = valid7 || _valid4;
if(!valid7){
const _errs74 = errors;
if(data22 !== null){
const err78 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
var _valid4 = _errs74 === errors;
valid7 = valid7 || _valid4;
}
if(!valid7){
const err79 = {instancePath:instancePath+"/lookup",schemaPath:"#/properties/lookup/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
else {
errors = _errs62;
if(vErrors !== null){
if(_errs62){
vErrors.length = _errs62;
}
else {
vErrors = null;
}
}
}
}
if(data.sensor_data !== undefined){
let data28 = data.sensor_data;
if(data28 && typeof data28 == "object" && !Array.isArray(data28)){
for(const key2 in data28){
if(pattern2.test(key2)){
let data29 = data28[key2];
const _errs79 = errors;
let valid10 = false;
const _errs80 = errors;
if(!((typeof data29 == "number") && (isFinite(data29)))){
const err80 = {instancePath:instancePath+"/sensor_data/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_data/patternProperties/%5E.*%24/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
var _valid5 = _errs80 === errors;
valid10 = valid10 || _valid5;
if(!valid10){
const _errs82 = errors;
if(data29 !== null){
const err81 = {instancePath:instancePath+"/sensor_data/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_data/patternProperties/%5E.*%24/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
var _valid5 = _errs82 === errors;
valid10 = valid10 || _valid5;
}
if(!valid10){
const err82 = {instancePath:instancePath+"/sensor_data/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_data/patternProperties/%5E.*%24/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
else {
errors = _errs79;
if(vErrors !== null){
if(_errs79){
vErrors.length = _errs79;
}
else {
vErrors = null;
}
}
}
}
}
}
else {
const err83 = {instancePath:instancePath+"/sensor_data",schemaPath:"#/properties/sensor_data/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data.sensor_quality !== undefined){
let data30 = data.sensor_quality;
if(data30 && typeof data30 == "object" && !Array.isArray(data30)){
for(const key3 in data30){
if(pattern2.test(key3)){
let data31 = data30[key3];
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
if(data31.unit === undefined){
const err84 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/required",keyword:"required",params:{missingProperty: "unit"},message:"must have required property '"+"unit"+"'"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data31.quality === undefined){
const err85 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/required",keyword:"required",params:{missingProperty: "quality"},message:"must have required property '"+"quality"+"'"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
if(data31.age_ms === undefined){
const err86 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/required",keyword:"required",params:{missingProperty: "age_ms"},message:"must have required property '"+"age_ms"+"'"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if(data31.source === undefined){
const err87 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if(data31.unit !== undefined){
if(typeof data31.unit !== "string"){
const err88 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/unit",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/unit/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data31.quality !== undefined){
let data33 = data31.quality;
if(!(((((data33 === "good") || (data33 === "uncertain")) || (data33 === "bad")) || (data33 === "stale")) || (data33 === "missing"))){
const err89 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/quality",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/quality/enum",keyword:"enum",params:{allowedValues: schema11.properties.sensor_quality.patternProperties["^.*$"].properties.quality.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
if(data31.age_ms !== undefined){
let data34 = data31.age_ms;
const _errs92 = errors;
let valid13 = false;
const _errs93 = errors;
if(!((typeof data34 == "number") && (isFinite(data34)))){
const err90 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/age_ms",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/age_ms/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
var _valid6 = _errs93 === errors;
valid13 = valid13 || _valid6;
if(!valid13){
const _errs95 = errors;
if(data34 !== null){
const err91 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/age_ms",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/age_ms/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
var _valid6 = _errs95 === errors;
valid13 = valid13 || _valid6;
}
if(!valid13){
const err92 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/age_ms",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/age_ms/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
else {
errors = _errs92;
if(vErrors !== null){
if(_errs92){
vErrors.length = _errs92;
}
else {
vErrors = null;
}
}
}
}
if(data31.skew_ms !== undefined){
let data35 = data31.skew_ms;
if(!((typeof data35 == "number") && (isFinite(data35)))){
const err93 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/skew_ms",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/skew_ms/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data31.source !== undefined){
if(typeof data31.source !== "string"){
const err94 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/source",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(data31.reason !== undefined){
if(typeof data31.reason !== "string"){
const err95 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/reason",schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
}
else {
const err96 = {instancePath:instancePath+"/sensor_quality/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/sensor_quality/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
}
else {
const err97 = {instancePath:instancePath+"/sensor_quality",schemaPath:"#/properties/sensor_quality/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data.clock !== undefined){
let data38 = data.clock;
if(data38 && typeof data38 == "object" && !Array.isArray(data38)){
if(data38.synced === undefined){
const err98 = {instancePath:instancePath+"/clock",schemaPath:"#/properties/clock/required",keyword:"required",params:{missingProperty: "synced"},message:"must have required property '"+"synced"+"'"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if(data38.skew_ms === undefined){
const err99 = {instancePath:instancePath+"/clock",schemaPath:"#/properties/clock/required",keyword:"required",params:{missingProperty: "skew_ms"},message:"must have required property '"+"skew_ms"+"'"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
if(data38.synced !== undefined){
let data39 = data38.synced;
const _errs106 = errors;
let valid15 = false;
const _errs107 = errors;
if(typeof data39 !== "boolean"){
const err100 = {instancePath:instancePath+"/clock/synced",schemaPath:"#/properties/clock/properties/synced/anyOf/0/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
var _valid7 = _errs107 === errors;
valid15 = valid15 || _valid7;
if(!valid15){
const _errs109 = errors;
if(data39 !== null){
const err101 = {instancePath:instancePath+"/clock/synced",schemaPath:"#/properties/clock/properties/synced/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
var _valid7 = _errs109 === errors;
valid15 = valid15 || _valid7;
}
if(!valid15){
const err102 = {instancePath:instancePath+"/clock/synced",schemaPath:"#/properties/clock/properties/synced/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
else {
errors = _errs106;
if(vErrors !== null){
if(_errs106){
vErrors.length = _errs106;
}
else {
vErrors = null;
}
}
}
}
if(data38.skew_ms !== undefined){
let data40 = data38.skew_ms;
const _errs112 = errors;
let valid16 = false;
const _errs113 = errors;
if(!((typeof data40 == "number") && (isFinite(data40)))){
const err103 = {instancePath:instancePath+"/clock/skew_ms",schemaPath:"#/properties/clock/properties/skew_ms/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
var _valid8 = _errs113 === errors;
valid16 = valid16 || _valid8;
if(!valid16){
const _errs115 = errors;
if(data40 !== null){
const err104 = {instancePath:instancePath+"/clock/skew_ms",schemaPath:"#/properties/clock/properties/skew_ms/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
var _valid8 = _errs115 === errors;
valid16 = valid16 || _valid8;
}
if(!valid16){
const err105 = {instancePath:instancePath+"/clock/skew_ms",schemaPath:"#/properties/clock/properties/skew_ms/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
else {
errors = _errs112;
if(vErrors !== null){
if(_errs112){
vErrors.length = _errs112;
}
else {
vErrors = null;
}
}
}
}
if(data38.boot !== undefined){
let data41 = data38.boot;
if(data41 && typeof data41 == "object" && !Array.isArray(data41)){
if(data41.id === undefined){
const err106 = {instancePath:instancePath+"/clock/boot",schemaPath:"#/properties/clock/properties/boot/required",keyword:"required",params:{missingProperty: "id"},message:"must have required property '"+"id"+"'"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
if(data41.ms === undefined){
const err107 = {instancePath:instancePath+"/clock/boot",schemaPath:"#/properties/clock/properties/boot/required",keyword:"required",params:{missingProperty: "ms"},message:"must have required property '"+"ms"+"'"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
if(data41.id !== undefined){
if(typeof data41.id !== "string"){
const err108 = {instancePath:instancePath+"/clock/boot/id",schemaPath:"#/properties/clock/properties/boot/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data41.ms !== undefined){
let data43 = data41.ms;
if(!((typeof data43 == "number") && (isFinite(data43)))){
const err109 = {instancePath:instancePath+"/clock/boot/ms",schemaPath:"#/properties/clock/properties/boot/properties/ms/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
}
else {
const err110 = {instancePath:instancePath+"/clock/boot",schemaPath:"#/properties/clock/properties/boot/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
}
else {
const err111 = {instancePath:instancePath+"/clock",schemaPath:"#/properties/clock/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
if(data.unusable !== undefined){
let data44 = data.unusable;
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.code === undefined){
const err112 = {instancePath:instancePath+"/unusable",schemaPath:"#/properties/unusable/required",keyword:"required",params:{missingProperty: "code"},message:"must have required property '"+"code"+"'"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
if(data44.reason === undefined){
const err113 = {instancePath:instancePath+"/unusable",schemaPath:"#/properties/unusable/required",keyword:"required",params:{missingProperty: "reason"},message:"must have required property '"+"reason"+"'"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if(data44.code !== undefined){
if(typeof data44.code !== "string"){
const err114 = {instancePath:instancePath+"/unusable/code",schemaPath:"#/properties/unusable/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
if(data44.channel !== undefined){
if(typeof data44.channel !== "string"){
const err115 = {instancePath:instancePath+"/unusable/channel",schemaPath:"#/properties/unusable/properties/channel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
if(data44.reason !== undefined){
if(typeof data44.reason !== "string"){
const err116 = {instancePath:instancePath+"/unusable/reason",schemaPath:"#/properties/unusable/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
}
else {
const err117 = {instancePath:instancePath+"/unusable",schemaPath:"#/properties/unusable/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data.ai_prediction !== undefined){
let data48 = data.ai_prediction;
const _errs132 = errors;
let valid19 = false;
const _errs133 = errors;
if(typeof data48 !== "string"){
const err118 = {instancePath:instancePath+"/ai_prediction",schemaPath:"#/properties/ai_prediction/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
var _valid9 = _errs133 === errors;
valid19 = valid19 || _valid9;
if(!valid19){
const _errs135 = errors;
if(data48 !== null){
const err119 = {instancePath:instancePath+"/ai_prediction",schemaPath:"#/properties/ai_prediction/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
var _valid9 = _errs135 === errors;
valid19 = valid19 || _valid9;
}
if(!valid19){
const err120 = {instancePath:instancePath+"/ai_prediction",schemaPath:"#/properties/ai_prediction/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
else {
errors = _errs132;
if(vErrors !== null){
if(_errs132){
vErrors.length = _errs132;
}
else {
vErrors = null;
}
}
}
}
if(data.ai_confidence !== undefined){
let data49 = data.ai_confidence;
const _errs138 = errors;
let valid20 = false;
const _errs139 = errors;
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 > 1 || isNaN(data49)){
const err121 = {instancePath:instancePath+"/ai_confidence",schemaPath:"#/properties/ai_confidence/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
if(data49 < 0 || isNaN(data49)){
const err122 = {instancePath:instancePath+"/ai_confidence",schemaPath:"#/properties/ai_confidence/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
else {
const err123 = {instancePath:instancePath+"/ai_confidence",schemaPath:"#/properties/ai_confidence/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
var _valid10 = _errs139 === errors;
valid20 = valid20 || _valid10;
if(!valid20){
const _errs141 = errors;
if(data49 !== null){
const err124 = {instancePath:instancePath+"/ai_confidence",schemaPath:"#/properties/ai_confidence/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
var _valid10 = _errs141 === errors;
valid20 = valid20 || _valid10;
}
if(!valid20){
const err125 = {instancePath:instancePath+"/ai_confidence",schemaPath:"#/properties/ai_confidence/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
else {
errors = _errs138;
if(vErrors !== null){
if(_errs138){
vErrors.length = _errs138;
}
else {
vErrors = null;
}
}
}
}
if(data.ai_probabilities !== undefined){
let data50 = data.ai_probabilities;
const _errs144 = errors;
let valid21 = false;
const _errs145 = errors;
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
for(const key4 in data50){
if(pattern2.test(key4)){
let data51 = data50[key4];
if((typeof data51 == "number") && (isFinite(data51))){
if(data51 > 1 || isNaN(data51)){
const err126 = {instancePath:instancePath+"/ai_probabilities/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/ai_probabilities/anyOf/0/patternProperties/%5E.*%24/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
if(data51 < 0 || isNaN(data51)){
const err127 = {instancePath:instancePath+"/ai_probabilities/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/ai_probabilities/anyOf/0/patternProperties/%5E.*%24/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
else {
const err128 = {instancePath:instancePath+"/ai_probabilities/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/ai_probabilities/anyOf/0/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
}
}
else {
const err129 = {instancePath:instancePath+"/ai_probabilities",schemaPath:"#/properties/ai_probabilities/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
var _valid11 = _errs145 === errors;
valid21 = valid21 || _valid11;
if(!valid21){
const _errs149 = errors;
if(data50 !== null){
const err130 = {instancePath:instancePath+"/ai_probabilities",schemaPath:"#/properties/ai_probabilities/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
var _valid11 = _errs149 === errors;
valid21 = valid21 || _valid11;
}
if(!valid21){
const err131 = {instancePath:instancePath+"/ai_probabilities",schemaPath:"#/properties/ai_probabilities/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
else {
errors = _errs144;
if(vErrors !== null){
if(_errs144){
vErrors.length = _errs144;
}
else {
vErrors = null;
}
}
}
}
if(data.why !== undefined){
let data52 = data.why;
if(Array.isArray(data52)){
const len0 = data52.length;
for(let i0=0; i0<len0; i0++){
let data53 = data52[i0];
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
if(data53.channel === undefined){
const err132 = {instancePath:instancePath+"/why/" + i0,schemaPath:"#/properties/why/items/required",keyword:"required",params:{missingProperty: "channel"},message:"must have required property '"+"channel"+"'"};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
if(data53.effect === undefined){
const err133 = {instancePath:instancePath+"/why/" + i0,schemaPath:"#/properties/why/items/required",keyword:"required",params:{missingProperty: "effect"},message:"must have required property '"+"effect"+"'"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
if(data53.channel !== undefined){
if(typeof data53.channel !== "string"){
const err134 = {instancePath:instancePath+"/why/" + i0+"/channel",schemaPath:"#/properties/why/items/properties/channel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data53.effect !== undefined){
let data55 = data53.effect;
if(!((typeof data55 == "number") && (isFinite(data55)))){
const err135 = {instancePath:instancePath+"/why/" + i0+"/effect",schemaPath:"#/properties/why/items/properties/effect/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
}
else {
const err136 = {instancePath:instancePath+"/why/" + i0,schemaPath:"#/properties/why/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
}
else {
const err137 = {instancePath:instancePath+"/why",schemaPath:"#/properties/why/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data.model !== undefined){
let data56 = data.model;
const _errs160 = errors;
let valid26 = false;
const _errs161 = errors;
if(data56 && typeof data56 == "object" && !Array.isArray(data56)){
if(data56.name === undefined){
const err138 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/anyOf/0/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
if(data56.version === undefined){
const err139 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/anyOf/0/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
if(data56.sha256 === undefined){
const err140 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/anyOf/0/required",keyword:"required",params:{missingProperty: "sha256"},message:"must have required property '"+"sha256"+"'"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
if(data56.name !== undefined){
if(typeof data56.name !== "string"){
const err141 = {instancePath:instancePath+"/model/name",schemaPath:"#/properties/model/anyOf/0/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
if(data56.version !== undefined){
if(typeof data56.version !== "string"){
const err142 = {instancePath:instancePath+"/model/version",schemaPath:"#/properties/model/anyOf/0/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data56.sha256 !== undefined){
let data59 = data56.sha256;
if(typeof data59 === "string"){
if(!pattern7.test(data59)){
const err143 = {instancePath:instancePath+"/model/sha256",schemaPath:"#/properties/model/anyOf/0/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
else {
const err144 = {instancePath:instancePath+"/model/sha256",schemaPath:"#/properties/model/anyOf/0/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
}
else {
const err145 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
var _valid12 = _errs161 === errors;
valid26 = valid26 || _valid12;
if(!valid26){
const _errs169 = errors;
if(data56 !== null){
const err146 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
var _valid12 = _errs169 === errors;
valid26 = valid26 || _valid12;
}
if(!valid26){
const err147 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
else {
errors = _errs160;
if(vErrors !== null){
if(_errs160){
vErrors.length = _errs160;
}
else {
vErrors = null;
}
}
}
}
if(data.backend !== undefined){
let data60 = data.backend;
const _errs172 = errors;
let valid28 = false;
const _errs173 = errors;
if(data60 && typeof data60 == "object" && !Array.isArray(data60)){
if(data60.kind === undefined){
const err148 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf/0/required",keyword:"required",params:{missingProperty: "kind"},message:"must have required property '"+"kind"+"'"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
if(data60.provider === undefined){
const err149 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf/0/required",keyword:"required",params:{missingProperty: "provider"},message:"must have required property '"+"provider"+"'"};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
if(data60.device === undefined){
const err150 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf/0/required",keyword:"required",params:{missingProperty: "device"},message:"must have required property '"+"device"+"'"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
if(data60.precision === undefined){
const err151 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf/0/required",keyword:"required",params:{missingProperty: "precision"},message:"must have required property '"+"precision"+"'"};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
if(data60.fallback === undefined){
const err152 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf/0/required",keyword:"required",params:{missingProperty: "fallback"},message:"must have required property '"+"fallback"+"'"};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
if(data60.kind !== undefined){
if(typeof data60.kind !== "string"){
const err153 = {instancePath:instancePath+"/backend/kind",schemaPath:"#/properties/backend/anyOf/0/properties/kind/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
if(data60.provider !== undefined){
if(typeof data60.provider !== "string"){
const err154 = {instancePath:instancePath+"/backend/provider",schemaPath:"#/properties/backend/anyOf/0/properties/provider/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
if(data60.device !== undefined){
if(typeof data60.device !== "string"){
const err155 = {instancePath:instancePath+"/backend/device",schemaPath:"#/properties/backend/anyOf/0/properties/device/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
if(data60.precision !== undefined){
if(typeof data60.precision !== "string"){
const err156 = {instancePath:instancePath+"/backend/precision",schemaPath:"#/properties/backend/anyOf/0/properties/precision/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
}
if(data60.fallback !== undefined){
let data65 = data60.fallback;
const _errs184 = errors;
let valid30 = false;
const _errs185 = errors;
if(data65 && typeof data65 == "object" && !Array.isArray(data65)){
if(data65.from === undefined){
const err157 = {instancePath:instancePath+"/backend/fallback",schemaPath:"#/properties/backend/anyOf/0/properties/fallback/anyOf/0/required",keyword:"required",params:{missingProperty: "from"},message:"must have required property '"+"from"+"'"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
if(data65.reason === undefined){
const err158 = {instancePath:instancePath+"/backend/fallback",schemaPath:"#/properties/backend/anyOf/0/properties/fallback/anyOf/0/required",keyword:"required",params:{missingProperty: "reason"},message:"must have required property '"+"reason"+"'"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
if(data65.from !== undefined){
if(typeof data65.from !== "string"){
const err159 = {instancePath:instancePath+"/backend/fallback/from",schemaPath:"#/properties/backend/anyOf/0/properties/fallback/anyOf/0/properties/from/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
if(data65.reason !== undefined){
if(typeof data65.reason !== "string"){
const err160 = {instancePath:instancePath+"/backend/fallback/reason",schemaPath:"#/properties/backend/anyOf/0/properties/fallback/anyOf/0/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
}
else {
const err161 = {instancePath:instancePath+"/backend/fallback",schemaPath:"#/properties/backend/anyOf/0/properties/fallback/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
var _valid14 = _errs185 === errors;
valid30 = valid30 || _valid14;
if(!valid30){
const _errs191 = errors;
if(data65 !== null){
const err162 = {instancePath:instancePath+"/backend/fallback",schemaPath:"#/properties/backend/anyOf/0/properties/fallback/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
var _valid14 = _errs191 === errors;
valid30 = valid30 || _valid14;
}
if(!valid30){
const err163 = {instancePath:instancePath+"/backend/fallback",schemaPath:"#/properties/backend/anyOf/0/properties/fallback/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
else {
errors = _errs184;
if(vErrors !== null){
if(_errs184){
vErrors.length = _errs184;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err164 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
var _valid13 = _errs173 === errors;
valid28 = valid28 || _valid13;
if(!valid28){
const _errs193 = errors;
if(data60 !== null){
const err165 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
var _valid13 = _errs193 === errors;
valid28 = valid28 || _valid13;
}
if(!valid28){
const err166 = {instancePath:instancePath+"/backend",schemaPath:"#/properties/backend/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
else {
errors = _errs172;
if(vErrors !== null){
if(_errs172){
vErrors.length = _errs172;
}
else {
vErrors = null;
}
}
}
}
if(data.fault !== undefined){
let data68 = data.fault;
if(data68 && typeof data68 == "object" && !Array.isArray(data68)){
if(data68.code === undefined){
const err167 = {instancePath:instancePath+"/fault",schemaPath:"#/properties/fault/required",keyword:"required",params:{missingProperty: "code"},message:"must have required property '"+"code"+"'"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
if(data68.message === undefined){
const err168 = {instancePath:instancePath+"/fault",schemaPath:"#/properties/fault/required",keyword:"required",params:{missingProperty: "message"},message:"must have required property '"+"message"+"'"};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
if(data68.code !== undefined){
if(typeof data68.code !== "string"){
const err169 = {instancePath:instancePath+"/fault/code",schemaPath:"#/properties/fault/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
}
if(data68.message !== undefined){
if(typeof data68.message !== "string"){
const err170 = {instancePath:instancePath+"/fault/message",schemaPath:"#/properties/fault/properties/message/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
}
}
else {
const err171 = {instancePath:instancePath+"/fault",schemaPath:"#/properties/fault/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
}
if(data.arm !== undefined){
let data71 = data.arm;
if(!((data71 === "active") || (data71 === "challenger"))){
const err172 = {instancePath:instancePath+"/arm",schemaPath:"#/properties/arm/enum",keyword:"enum",params:{allowedValues: schema11.properties.arm.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
}
if(data.ground_truth_label !== undefined){
let data72 = data.ground_truth_label;
const _errs203 = errors;
let valid33 = false;
const _errs204 = errors;
if(typeof data72 !== "string"){
const err173 = {instancePath:instancePath+"/ground_truth_label",schemaPath:"#/properties/ground_truth_label/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
var _valid15 = _errs204 === errors;
valid33 = valid33 || _valid15;
if(!valid33){
const _errs206 = errors;
if(data72 !== null){
const err174 = {instancePath:instancePath+"/ground_truth_label",schemaPath:"#/properties/ground_truth_label/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err174];
}
else {
vErrors.push(err174);
}
errors++;
}
var _valid15 = _errs206 === errors;
valid33 = valid33 || _valid15;
}
if(!valid33){
const err175 = {instancePath:instancePath+"/ground_truth_label",schemaPath:"#/properties/ground_truth_label/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err175];
}
else {
vErrors.push(err175);
}
errors++;
}
else {
errors = _errs203;
if(vErrors !== null){
if(_errs203){
vErrors.length = _errs203;
}
else {
vErrors = null;
}
}
}
}
if(data.label_source !== undefined){
let data73 = data.label_source;
if(!(((((data73 === "context") || (data73 === "engineer")) || (data73 === "process")) || (data73 === "maintenance")) || (data73 === "none"))){
const err176 = {instancePath:instancePath+"/label_source",schemaPath:"#/properties/label_source/enum",keyword:"enum",params:{allowedValues: schema11.properties.label_source.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err176];
}
else {
vErrors.push(err176);
}
errors++;
}
}
if(data.decision !== undefined){
let data74 = data.decision;
const _errs210 = errors;
let valid34 = false;
const _errs211 = errors;
if(data74 && typeof data74 == "object" && !Array.isArray(data74)){
if(data74.outcome === undefined){
const err177 = {instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/anyOf/0/required",keyword:"required",params:{missingProperty: "outcome"},message:"must have required property '"+"outcome"+"'"};
if(vErrors === null){
vErrors = [err177];
}
else {
vErrors.push(err177);
}
errors++;
}
if(data74.reasons === undefined){
const err178 = {instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/anyOf/0/required",keyword:"required",params:{missingProperty: "reasons"},message:"must have required property '"+"reasons"+"'"};
if(vErrors === null){
vErrors = [err178];
}
else {
vErrors.push(err178);
}
errors++;
}
if(data74.evaluation === undefined){
const err179 = {instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/anyOf/0/required",keyword:"required",params:{missingProperty: "evaluation"},message:"must have required property '"+"evaluation"+"'"};
if(vErrors === null){
vErrors = [err179];
}
else {
vErrors.push(err179);
}
errors++;
}
if(data74.outcome !== undefined){
let data75 = data74.outcome;
if(!(((((((data75 === "alert") || (data75 === "repeat")) || (data75 === "delayed")) || (data75 === "shelved")) || (data75 === "review")) || (data75 === "normal")) || (data75 === "unjudged"))){
const err180 = {instancePath:instancePath+"/decision/outcome",schemaPath:"#/properties/decision/anyOf/0/properties/outcome/enum",keyword:"enum",params:{allowedValues: schema11.properties.decision.anyOf[0].properties.outcome.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err180];
}
else {
vErrors.push(err180);
}
errors++;
}
}
if(data74.reasons !== undefined){
let data76 = data74.reasons;
if(Array.isArray(data76)){
const len1 = data76.length;
for(let i1=0; i1<len1; i1++){
if(typeof data76[i1] !== "string"){
const err181 = {instancePath:instancePath+"/decision/reasons/" + i1,schemaPath:"#/properties/decision/anyOf/0/properties/reasons/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err181];
}
else {
vErrors.push(err181);
}
errors++;
}
}
}
else {
const err182 = {instancePath:instancePath+"/decision/reasons",schemaPath:"#/properties/decision/anyOf/0/properties/reasons/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err182];
}
else {
vErrors.push(err182);
}
errors++;
}
}
if(data74.findings !== undefined){
let data78 = data74.findings;
if(Array.isArray(data78)){
const len2 = data78.length;
for(let i2=0; i2<len2; i2++){
let data79 = data78[i2];
if(data79 && typeof data79 == "object" && !Array.isArray(data79)){
if(data79.kind === undefined){
const err183 = {instancePath:instancePath+"/decision/findings/" + i2,schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/required",keyword:"required",params:{missingProperty: "kind"},message:"must have required property '"+"kind"+"'"};
if(vErrors === null){
vErrors = [err183];
}
else {
vErrors.push(err183);
}
errors++;
}
if(data79.label === undefined){
const err184 = {instancePath:instancePath+"/decision/findings/" + i2,schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/required",keyword:"required",params:{missingProperty: "label"},message:"must have required property '"+"label"+"'"};
if(vErrors === null){
vErrors = [err184];
}
else {
vErrors.push(err184);
}
errors++;
}
if(data79.value === undefined){
const err185 = {instancePath:instancePath+"/decision/findings/" + i2,schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/required",keyword:"required",params:{missingProperty: "value"},message:"must have required property '"+"value"+"'"};
if(vErrors === null){
vErrors = [err185];
}
else {
vErrors.push(err185);
}
errors++;
}
if(data79.limit === undefined){
const err186 = {instancePath:instancePath+"/decision/findings/" + i2,schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/required",keyword:"required",params:{missingProperty: "limit"},message:"must have required property '"+"limit"+"'"};
if(vErrors === null){
vErrors = [err186];
}
else {
vErrors.push(err186);
}
errors++;
}
if(data79.severity === undefined){
const err187 = {instancePath:instancePath+"/decision/findings/" + i2,schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/required",keyword:"required",params:{missingProperty: "severity"},message:"must have required property '"+"severity"+"'"};
if(vErrors === null){
vErrors = [err187];
}
else {
vErrors.push(err187);
}
errors++;
}
if(data79.kind !== undefined){
let data80 = data79.kind;
if(!((data80 === "limit") || (data80 === "model"))){
const err188 = {instancePath:instancePath+"/decision/findings/" + i2+"/kind",schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/properties/kind/enum",keyword:"enum",params:{allowedValues: schema11.properties.decision.anyOf[0].properties.findings.items.properties.kind.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err188];
}
else {
vErrors.push(err188);
}
errors++;
}
}
if(data79.label !== undefined){
if(typeof data79.label !== "string"){
const err189 = {instancePath:instancePath+"/decision/findings/" + i2+"/label",schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/properties/label/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err189];
}
else {
vErrors.push(err189);
}
errors++;
}
}
if(data79.channel !== undefined){
if(typeof data79.channel !== "string"){
const err190 = {instancePath:instancePath+"/decision/findings/" + i2+"/channel",schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/properties/channel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err190];
}
else {
vErrors.push(err190);
}
errors++;
}
}
if(data79.value !== undefined){
let data83 = data79.value;
if(!((typeof data83 == "number") && (isFinite(data83)))){
const err191 = {instancePath:instancePath+"/decision/findings/" + i2+"/value",schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/properties/value/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err191];
}
else {
vErrors.push(err191);
}
errors++;
}
}
if(data79.limit !== undefined){
let data84 = data79.limit;
if(!((typeof data84 == "number") && (isFinite(data84)))){
const err192 = {instancePath:instancePath+"/decision/findings/" + i2+"/limit",schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/properties/limit/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err192];
}
else {
vErrors.push(err192);
}
errors++;
}
}
if(data79.severity !== undefined){
let data85 = data79.severity;
if(!((((data85 === "low") || (data85 === "medium")) || (data85 === "high")) || (data85 === "critical"))){
const err193 = {instancePath:instancePath+"/decision/findings/" + i2+"/severity",schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/properties/severity/enum",keyword:"enum",params:{allowedValues: schema11.properties.decision.anyOf[0].properties.findings.items.properties.severity.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err193];
}
else {
vErrors.push(err193);
}
errors++;
}
}
}
else {
const err194 = {instancePath:instancePath+"/decision/findings/" + i2,schemaPath:"#/properties/decision/anyOf/0/properties/findings/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err194];
}
else {
vErrors.push(err194);
}
errors++;
}
}
}
else {
const err195 = {instancePath:instancePath+"/decision/findings",schemaPath:"#/properties/decision/anyOf/0/properties/findings/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err195];
}
else {
vErrors.push(err195);
}
errors++;
}
}
if(data74.episode_id !== undefined){
if(typeof data74.episode_id !== "string"){
const err196 = {instancePath:instancePath+"/decision/episode_id",schemaPath:"#/properties/decision/anyOf/0/properties/episode_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err196];
}
else {
vErrors.push(err196);
}
errors++;
}
}
if(data74.mer_id !== undefined){
if(typeof data74.mer_id !== "string"){
const err197 = {instancePath:instancePath+"/decision/mer_id",schemaPath:"#/properties/decision/anyOf/0/properties/mer_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err197];
}
else {
vErrors.push(err197);
}
errors++;
}
}
if(data74.evaluation !== undefined){
let data88 = data74.evaluation;
const _errs237 = errors;
let valid41 = false;
const _errs238 = errors;
if(data88 && typeof data88 == "object" && !Array.isArray(data88)){
if(data88.stratum === undefined){
const err198 = {instancePath:instancePath+"/decision/evaluation",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/0/required",keyword:"required",params:{missingProperty: "stratum"},message:"must have required property '"+"stratum"+"'"};
if(vErrors === null){
vErrors = [err198];
}
else {
vErrors.push(err198);
}
errors++;
}
if(data88.probability === undefined){
const err199 = {instancePath:instancePath+"/decision/evaluation",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/0/required",keyword:"required",params:{missingProperty: "probability"},message:"must have required property '"+"probability"+"'"};
if(vErrors === null){
vErrors = [err199];
}
else {
vErrors.push(err199);
}
errors++;
}
if(data88.stratum !== undefined){
let data89 = data88.stratum;
if(!(((((data89 === "alert_model") || (data89 === "alert_limit")) || (data89 === "review")) || (data89 === "normal")) || (data89 === "unjudged"))){
const err200 = {instancePath:instancePath+"/decision/evaluation/stratum",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/0/properties/stratum/enum",keyword:"enum",params:{allowedValues: schema11.properties.decision.anyOf[0].properties.evaluation.anyOf[0].properties.stratum.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err200];
}
else {
vErrors.push(err200);
}
errors++;
}
}
if(data88.probability !== undefined){
let data90 = data88.probability;
if((typeof data90 == "number") && (isFinite(data90))){
if(data90 > 1 || isNaN(data90)){
const err201 = {instancePath:instancePath+"/decision/evaluation/probability",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/0/properties/probability/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1"};
if(vErrors === null){
vErrors = [err201];
}
else {
vErrors.push(err201);
}
errors++;
}
if(data90 < 0 || isNaN(data90)){
const err202 = {instancePath:instancePath+"/decision/evaluation/probability",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/0/properties/probability/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err202];
}
else {
vErrors.push(err202);
}
errors++;
}
}
else {
const err203 = {instancePath:instancePath+"/decision/evaluation/probability",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/0/properties/probability/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err203];
}
else {
vErrors.push(err203);
}
errors++;
}
}
}
else {
const err204 = {instancePath:instancePath+"/decision/evaluation",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err204];
}
else {
vErrors.push(err204);
}
errors++;
}
var _valid17 = _errs238 === errors;
valid41 = valid41 || _valid17;
if(!valid41){
const _errs243 = errors;
if(data88 !== null){
const err205 = {instancePath:instancePath+"/decision/evaluation",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err205];
}
else {
vErrors.push(err205);
}
errors++;
}
var _valid17 = _errs243 === errors;
valid41 = valid41 || _valid17;
}
if(!valid41){
const err206 = {instancePath:instancePath+"/decision/evaluation",schemaPath:"#/properties/decision/anyOf/0/properties/evaluation/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err206];
}
else {
vErrors.push(err206);
}
errors++;
}
else {
errors = _errs237;
if(vErrors !== null){
if(_errs237){
vErrors.length = _errs237;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err207 = {instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err207];
}
else {
vErrors.push(err207);
}
errors++;
}
var _valid16 = _errs211 === errors;
valid34 = valid34 || _valid16;
if(!valid34){
const _errs245 = errors;
if(data74 !== null){
const err208 = {instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err208];
}
else {
vErrors.push(err208);
}
errors++;
}
var _valid16 = _errs245 === errors;
valid34 = valid34 || _valid16;
}
if(!valid34){
const err209 = {instancePath:instancePath+"/decision",schemaPath:"#/properties/decision/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err209];
}
else {
vErrors.push(err209);
}
errors++;
}
else {
errors = _errs210;
if(vErrors !== null){
if(_errs210){
vErrors.length = _errs210;
}
else {
vErrors = null;
}
}
}
}
if(data.mer_id !== undefined){
if(typeof data.mer_id !== "string"){
const err210 = {instancePath:instancePath+"/mer_id",schemaPath:"#/properties/mer_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err210];
}
else {
vErrors.push(err210);
}
errors++;
}
}
if(data.video_clip !== undefined){
let data92 = data.video_clip;
const _errs250 = errors;
let valid43 = false;
const _errs251 = errors;
if(data92 && typeof data92 == "object" && !Array.isArray(data92)){
if(data92.uri === undefined){
const err211 = {instancePath:instancePath+"/video_clip",schemaPath:"#/properties/video_clip/anyOf/0/required",keyword:"required",params:{missingProperty: "uri"},message:"must have required property '"+"uri"+"'"};
if(vErrors === null){
vErrors = [err211];
}
else {
vErrors.push(err211);
}
errors++;
}
if(data92.start === undefined){
const err212 = {instancePath:instancePath+"/video_clip",schemaPath:"#/properties/video_clip/anyOf/0/required",keyword:"required",params:{missingProperty: "start"},message:"must have required property '"+"start"+"'"};
if(vErrors === null){
vErrors = [err212];
}
else {
vErrors.push(err212);
}
errors++;
}
if(data92.end === undefined){
const err213 = {instancePath:instancePath+"/video_clip",schemaPath:"#/properties/video_clip/anyOf/0/required",keyword:"required",params:{missingProperty: "end"},message:"must have required property '"+"end"+"'"};
if(vErrors === null){
vErrors = [err213];
}
else {
vErrors.push(err213);
}
errors++;
}
if(data92.status === undefined){
const err214 = {instancePath:instancePath+"/video_clip",schemaPath:"#/properties/video_clip/anyOf/0/required",keyword:"required",params:{missingProperty: "status"},message:"must have required property '"+"status"+"'"};
if(vErrors === null){
vErrors = [err214];
}
else {
vErrors.push(err214);
}
errors++;
}
if(data92.uri !== undefined){
let data93 = data92.uri;
const _errs254 = errors;
let valid45 = false;
const _errs255 = errors;
if(typeof data93 !== "string"){
const err215 = {instancePath:instancePath+"/video_clip/uri",schemaPath:"#/properties/video_clip/anyOf/0/properties/uri/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err215];
}
else {
vErrors.push(err215);
}
errors++;
}
var _valid19 = _errs255 === errors;
valid45 = valid45 || _valid19;
if(!valid45){
const _errs257 = errors;
if(data93 !== null){
const err216 = {instancePath:instancePath+"/video_clip/uri",schemaPath:"#/properties/video_clip/anyOf/0/properties/uri/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err216];
}
else {
vErrors.push(err216);
}
errors++;
}
var _valid19 = _errs257 === errors;
valid45 = valid45 || _valid19;
}
if(!valid45){
const err217 = {instancePath:instancePath+"/video_clip/uri",schemaPath:"#/properties/video_clip/anyOf/0/properties/uri/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err217];
}
else {
vErrors.push(err217);
}
errors++;
}
else {
errors = _errs254;
if(vErrors !== null){
if(_errs254){
vErrors.length = _errs254;
}
else {
vErrors = null;
}
}
}
}
if(data92.start !== undefined){
let data94 = data92.start;
const _errs260 = errors;
let valid46 = false;
const _errs261 = errors;
if(typeof data94 === "string"){
if(!pattern3.test(data94)){
const err218 = {instancePath:instancePath+"/video_clip/start",schemaPath:"#/properties/video_clip/anyOf/0/properties/start/anyOf/0/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},message:"must match pattern \""+"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"+"\""};
if(vErrors === null){
vErrors = [err218];
}
else {
vErrors.push(err218);
}
errors++;
}
}
else {
const err219 = {instancePath:instancePath+"/video_clip/start",schemaPath:"#/properties/video_clip/anyOf/0/properties/start/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err219];
}
else {
vErrors.push(err219);
}
errors++;
}
var _valid20 = _errs261 === errors;
valid46 = valid46 || _valid20;
if(!valid46){
const _errs263 = errors;
if(data94 !== null){
const err220 = {instancePath:instancePath+"/video_clip/start",schemaPath:"#/properties/video_clip/anyOf/0/properties/start/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err220];
}
else {
vErrors.push(err220);
}
errors++;
}
var _valid20 = _errs263 === errors;
valid46 = valid46 || _valid20;
}
if(!valid46){
const err221 = {instancePath:instancePath+"/video_clip/start",schemaPath:"#/properties/video_clip/anyOf/0/properties/start/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err221];
}
else {
vErrors.push(err221);
}
errors++;
}
else {
errors = _errs260;
if(vErrors !== null){
if(_errs260){
vErrors.length = _errs260;
}
else {
vErrors = null;
}
}
}
}
if(data92.end !== undefined){
let data95 = data92.end;
const _errs266 = errors;
let valid47 = false;
const _errs267 = errors;
if(typeof data95 === "string"){
if(!pattern3.test(data95)){
const err222 = {instancePath:instancePath+"/video_clip/end",schemaPath:"#/properties/video_clip/anyOf/0/properties/end/anyOf/0/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},message:"must match pattern \""+"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"+"\""};
if(vErrors === null){
vErrors = [err222];
}
else {
vErrors.push(err222);
}
errors++;
}
}
else {
const err223 = {instancePath:instancePath+"/video_clip/end",schemaPath:"#/properties/video_clip/anyOf/0/properties/end/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err223];
}
else {
vErrors.push(err223);
}
errors++;
}
var _valid21 = _errs267 === errors;
valid47 = valid47 || _valid21;
if(!valid47){
const _errs269 = errors;
if(data95 !== null){
const err224 = {instancePath:instancePath+"/video_clip/end",schemaPath:"#/properties/video_clip/anyOf/0/properties/end/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err224];
}
else {
vErrors.push(err224);
}
errors++;
}
var _valid21 = _errs269 === errors;
valid47 = valid47 || _valid21;
}
if(!valid47){
const err225 = {instancePath:instancePath+"/video_clip/end",schemaPath:"#/properties/video_clip/anyOf/0/properties/end/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err225];
}
else {
vErrors.push(err225);
}
errors++;
}
else {
errors = _errs266;
if(vErrors !== null){
if(_errs266){
vErrors.length = _errs266;
}
else {
vErrors = null;
}
}
}
}
if(data92.status !== undefined){
let data96 = data92.status;
if(!(((data96 === "ok") || (data96 === "pending")) || (data96 === "missing"))){
const err226 = {instancePath:instancePath+"/video_clip/status",schemaPath:"#/properties/video_clip/anyOf/0/properties/status/enum",keyword:"enum",params:{allowedValues: schema11.properties.video_clip.anyOf[0].properties.status.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err226];
}
else {
vErrors.push(err226);
}
errors++;
}
}
if(data92.reason !== undefined){
if(typeof data92.reason !== "string"){
const err227 = {instancePath:instancePath+"/video_clip/reason",schemaPath:"#/properties/video_clip/anyOf/0/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err227];
}
else {
vErrors.push(err227);
}
errors++;
}
}
}
else {
const err228 = {instancePath:instancePath+"/video_clip",schemaPath:"#/properties/video_clip/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err228];
}
else {
vErrors.push(err228);
}
errors++;
}
var _valid18 = _errs251 === errors;
valid43 = valid43 || _valid18;
if(!valid43){
const _errs274 = errors;
if(data92 !== null){
const err229 = {instancePath:instancePath+"/video_clip",schemaPath:"#/properties/video_clip/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err229];
}
else {
vErrors.push(err229);
}
errors++;
}
var _valid18 = _errs274 === errors;
valid43 = valid43 || _valid18;
}
if(!valid43){
const err230 = {instancePath:instancePath+"/video_clip",schemaPath:"#/properties/video_clip/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err230];
}
else {
vErrors.push(err230);
}
errors++;
}
else {
errors = _errs250;
if(vErrors !== null){
if(_errs250){
vErrors.length = _errs250;
}
else {
vErrors = null;
}
}
}
}
if(data.latency_ms !== undefined){
let data98 = data.latency_ms;
if(data98 && typeof data98 == "object" && !Array.isArray(data98)){
if(data98.lookup === undefined){
const err231 = {instancePath:instancePath+"/latency_ms",schemaPath:"#/properties/latency_ms/required",keyword:"required",params:{missingProperty: "lookup"},message:"must have required property '"+"lookup"+"'"};
if(vErrors === null){
vErrors = [err231];
}
else {
vErrors.push(err231);
}
errors++;
}
if(data98.fuse === undefined){
const err232 = {instancePath:instancePath+"/latency_ms",schemaPath:"#/properties/latency_ms/required",keyword:"required",params:{missingProperty: "fuse"},message:"must have required property '"+"fuse"+"'"};
if(vErrors === null){
vErrors = [err232];
}
else {
vErrors.push(err232);
}
errors++;
}
if(data98.infer === undefined){
const err233 = {instancePath:instancePath+"/latency_ms",schemaPath:"#/properties/latency_ms/required",keyword:"required",params:{missingProperty: "infer"},message:"must have required property '"+"infer"+"'"};
if(vErrors === null){
vErrors = [err233];
}
else {
vErrors.push(err233);
}
errors++;
}
if(data98.total === undefined){
const err234 = {instancePath:instancePath+"/latency_ms",schemaPath:"#/properties/latency_ms/required",keyword:"required",params:{missingProperty: "total"},message:"must have required property '"+"total"+"'"};
if(vErrors === null){
vErrors = [err234];
}
else {
vErrors.push(err234);
}
errors++;
}
if(data98.lookup !== undefined){
let data99 = data98.lookup;
const _errs279 = errors;
let valid49 = false;
const _errs280 = errors;
if(!((typeof data99 == "number") && (isFinite(data99)))){
const err235 = {instancePath:instancePath+"/latency_ms/lookup",schemaPath:"#/properties/latency_ms/properties/lookup/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err235];
}
else {
vErrors.push(err235);
}
errors++;
}
var _valid22 = _errs280 === errors;
valid49 = valid49 || _valid22;
if(!valid49){
const _errs282 = errors;
if(data99 !== null){
const err236 = {instancePath:instancePath+"/latency_ms/lookup",schemaPath:"#/properties/latency_ms/properties/lookup/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err236];
}
else {
vErrors.push(err236);
}
errors++;
}
var _valid22 = _errs282 === errors;
valid49 = valid49 || _valid22;
}
if(!valid49){
const err237 = {instancePath:instancePath+"/latency_ms/lookup",schemaPath:"#/properties/latency_ms/properties/lookup/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err237];
}
else {
vErrors.push(err237);
}
errors++;
}
else {
errors = _errs279;
if(vErrors !== null){
if(_errs279){
vErrors.length = _errs279;
}
else {
vErrors = null;
}
}
}
}
if(data98.fuse !== undefined){
let data100 = data98.fuse;
const _errs285 = errors;
let valid50 = false;
const _errs286 = errors;
if(!((typeof data100 == "number") && (isFinite(data100)))){
const err238 = {instancePath:instancePath+"/latency_ms/fuse",schemaPath:"#/properties/latency_ms/properties/fuse/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err238];
}
else {
vErrors.push(err238);
}
errors++;
}
var _valid23 = _errs286 === errors;
valid50 = valid50 || _valid23;
if(!valid50){
const _errs288 = errors;
if(data100 !== null){
const err239 = {instancePath:instancePath+"/latency_ms/fuse",schemaPath:"#/properties/latency_ms/properties/fuse/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err239];
}
else {
vErrors.push(err239);
}
errors++;
}
var _valid23 = _errs288 === errors;
valid50 = valid50 || _valid23;
}
if(!valid50){
const err240 = {instancePath:instancePath+"/latency_ms/fuse",schemaPath:"#/properties/latency_ms/properties/fuse/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err240];
}
else {
vErrors.push(err240);
}
errors++;
}
else {
errors = _errs285;
if(vErrors !== null){
if(_errs285){
vErrors.length = _errs285;
}
else {
vErrors = null;
}
}
}
}
if(data98.infer !== undefined){
let data101 = data98.infer;
const _errs291 = errors;
let valid51 = false;
const _errs292 = errors;
if(!((typeof data101 == "number") && (isFinite(data101)))){
const err241 = {instancePath:instancePath+"/latency_ms/infer",schemaPath:"#/properties/latency_ms/properties/infer/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err241];
}
else {
vErrors.push(err241);
}
errors++;
}
var _valid24 = _errs292 === errors;
valid51 = valid51 || _valid24;
if(!valid51){
const _errs294 = errors;
if(data101 !== null){
const err242 = {instancePath:instancePath+"/latency_ms/infer",schemaPath:"#/properties/latency_ms/properties/infer/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err242];
}
else {
vErrors.push(err242);
}
errors++;
}
var _valid24 = _errs294 === errors;
valid51 = valid51 || _valid24;
}
if(!valid51){
const err243 = {instancePath:instancePath+"/latency_ms/infer",schemaPath:"#/properties/latency_ms/properties/infer/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err243];
}
else {
vErrors.push(err243);
}
errors++;
}
else {
errors = _errs291;
if(vErrors !== null){
if(_errs291){
vErrors.length = _errs291;
}
else {
vErrors = null;
}
}
}
}
if(data98.total !== undefined){
let data102 = data98.total;
const _errs297 = errors;
let valid52 = false;
const _errs298 = errors;
if(!((typeof data102 == "number") && (isFinite(data102)))){
const err244 = {instancePath:instancePath+"/latency_ms/total",schemaPath:"#/properties/latency_ms/properties/total/anyOf/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err244];
}
else {
vErrors.push(err244);
}
errors++;
}
var _valid25 = _errs298 === errors;
valid52 = valid52 || _valid25;
if(!valid52){
const _errs300 = errors;
if(data102 !== null){
const err245 = {instancePath:instancePath+"/latency_ms/total",schemaPath:"#/properties/latency_ms/properties/total/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err245];
}
else {
vErrors.push(err245);
}
errors++;
}
var _valid25 = _errs300 === errors;
valid52 = valid52 || _valid25;
}
if(!valid52){
const err246 = {instancePath:instancePath+"/latency_ms/total",schemaPath:"#/properties/latency_ms/properties/total/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err246];
}
else {
vErrors.push(err246);
}
errors++;
}
else {
errors = _errs297;
if(vErrors !== null){
if(_errs297){
vErrors.length = _errs297;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err247 = {instancePath:instancePath+"/latency_ms",schemaPath:"#/properties/latency_ms/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err247];
}
else {
vErrors.push(err247);
}
errors++;
}
}
}
else {
const err248 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err248];
}
else {
vErrors.push(err248);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

exports.checkManifest = validate11;
const schema12 = {"type":"object","required":["schema","name","version","created_at","files","channels","ids","inputs","output","labels","calibration","build"],"properties":{"schema":{"type":"string","const":"model/1"},"name":{"type":"string"},"version":{"type":"string"},"created_at":{"type":"string","format":"date-time","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},"files":{"type":"object","required":["fp32","golden","report"],"properties":{"fp32":{"type":"string"},"int8":{"type":"string"},"golden":{"type":"string"},"report":{"type":"string"}}},"channels":{"type":"array","items":{"type":"object","required":["name","unit","range"],"properties":{"name":{"type":"string","pattern":"."},"unit":{"type":"string"},"range":{"type":"array","additionalItems":false,"items":[{"type":"number"},{"type":"number"}],"minItems":2},"reference":{"type":"string"},"fill":{"type":"number"}}},"minItems":1},"ids":{"type":"array","items":{"type":"object","required":["input","field","vocabulary"],"properties":{"input":{"type":"string"},"field":{"type":"string"},"vocabulary":{"type":"object","patternProperties":{"^.*$":{"type":"integer","minimum":1}}}}}},"numeric":{"type":"array","items":{"type":"object","required":["input","fields"],"properties":{"input":{"type":"string"},"fields":{"type":"array","items":{"type":"string"}}}}},"inputs":{"type":"object","patternProperties":{"^.*$":{"type":"object","required":["dtype","shape"],"properties":{"dtype":{"enum":["float32","int64"]},"shape":{"type":"array","items":{"anyOf":[{"type":"integer","minimum":1},{"type":"null"}]},"minItems":1,"maxItems":4}}}}},"output":{"type":"object","required":["name","shape"],"properties":{"name":{"type":"string"},"shape":{"type":"array","items":{"anyOf":[{"type":"integer","minimum":1},{"type":"null"}]}}}},"labels":{"type":"array","items":{"type":"object","required":["name","kind","severity","action"],"properties":{"name":{"type":"string","pattern":"."},"kind":{"enum":["normal","fault","other"]},"severity":{"enum":["low","medium","high","critical"]},"action":{"type":"string"}}},"minItems":2},"calibration":{"type":"object","required":["fp32"],"properties":{"fp32":{"type":"object","required":["temperature","bias"],"properties":{"temperature":{"type":"number","exclusiveMinimum":0},"bias":{"type":"array","items":{"type":"number"}}}},"int8":{"type":"object","required":["temperature","bias"],"properties":{"temperature":{"type":"number","exclusiveMinimum":0},"bias":{"type":"array","items":{"type":"number"}}}}}},"build":{"type":"object","required":["opset"],"properties":{"opset":{"type":"integer"},"trtexec":{"type":"string"}}},"training":{}},"$id":"model-1"};
const pattern11 = new RegExp(".", "u");

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="model-1" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.schema === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schema"},message:"must have required property '"+"schema"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.name === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.version === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.created_at === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "created_at"},message:"must have required property '"+"created_at"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.files === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "files"},message:"must have required property '"+"files"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.channels === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "channels"},message:"must have required property '"+"channels"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.ids === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ids"},message:"must have required property '"+"ids"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.inputs === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "inputs"},message:"must have required property '"+"inputs"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.output === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "output"},message:"must have required property '"+"output"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.labels === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "labels"},message:"must have required property '"+"labels"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.calibration === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "calibration"},message:"must have required property '"+"calibration"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.build === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "build"},message:"must have required property '"+"build"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.schema !== undefined){
let data0 = data.schema;
if(typeof data0 !== "string"){
const err12 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if("model/1" !== data0){
const err13 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/const",keyword:"const",params:{allowedValue: "model/1"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.name !== undefined){
if(typeof data.name !== "string"){
const err14 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.version !== undefined){
if(typeof data.version !== "string"){
const err15 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.created_at !== undefined){
let data3 = data.created_at;
if(typeof data3 === "string"){
if(!pattern3.test(data3)){
const err16 = {instancePath:instancePath+"/created_at",schemaPath:"#/properties/created_at/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},message:"must match pattern \""+"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"+"\""};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/created_at",schemaPath:"#/properties/created_at/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.files !== undefined){
let data4 = data.files;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.fp32 === undefined){
const err18 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/required",keyword:"required",params:{missingProperty: "fp32"},message:"must have required property '"+"fp32"+"'"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data4.golden === undefined){
const err19 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/required",keyword:"required",params:{missingProperty: "golden"},message:"must have required property '"+"golden"+"'"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data4.report === undefined){
const err20 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/required",keyword:"required",params:{missingProperty: "report"},message:"must have required property '"+"report"+"'"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data4.fp32 !== undefined){
if(typeof data4.fp32 !== "string"){
const err21 = {instancePath:instancePath+"/files/fp32",schemaPath:"#/properties/files/properties/fp32/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data4.int8 !== undefined){
if(typeof data4.int8 !== "string"){
const err22 = {instancePath:instancePath+"/files/int8",schemaPath:"#/properties/files/properties/int8/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data4.golden !== undefined){
if(typeof data4.golden !== "string"){
const err23 = {instancePath:instancePath+"/files/golden",schemaPath:"#/properties/files/properties/golden/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data4.report !== undefined){
if(typeof data4.report !== "string"){
const err24 = {instancePath:instancePath+"/files/report",schemaPath:"#/properties/files/properties/report/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.channels !== undefined){
let data9 = data.channels;
if(Array.isArray(data9)){
if(data9.length < 1){
const err26 = {instancePath:instancePath+"/channels",schemaPath:"#/properties/channels/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
const len0 = data9.length;
for(let i0=0; i0<len0; i0++){
let data10 = data9[i0];
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.name === undefined){
const err27 = {instancePath:instancePath+"/channels/" + i0,schemaPath:"#/properties/channels/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data10.unit === undefined){
const err28 = {instancePath:instancePath+"/channels/" + i0,schemaPath:"#/properties/channels/items/required",keyword:"required",params:{missingProperty: "unit"},message:"must have required property '"+"unit"+"'"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data10.range === undefined){
const err29 = {instancePath:instancePath+"/channels/" + i0,schemaPath:"#/properties/channels/items/required",keyword:"required",params:{missingProperty: "range"},message:"must have required property '"+"range"+"'"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data10.name !== undefined){
let data11 = data10.name;
if(typeof data11 === "string"){
if(!pattern11.test(data11)){
const err30 = {instancePath:instancePath+"/channels/" + i0+"/name",schemaPath:"#/properties/channels/items/properties/name/pattern",keyword:"pattern",params:{pattern: "."},message:"must match pattern \""+"."+"\""};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/channels/" + i0+"/name",schemaPath:"#/properties/channels/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data10.unit !== undefined){
if(typeof data10.unit !== "string"){
const err32 = {instancePath:instancePath+"/channels/" + i0+"/unit",schemaPath:"#/properties/channels/items/properties/unit/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data10.range !== undefined){
let data13 = data10.range;
if(Array.isArray(data13)){
if(data13.length < 2){
const err33 = {instancePath:instancePath+"/channels/" + i0+"/range",schemaPath:"#/properties/channels/items/properties/range/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
const len1 = data13.length;
if(!(len1 <= 2)){
const err34 = {instancePath:instancePath+"/channels/" + i0+"/range",schemaPath:"#/properties/channels/items/properties/range/additionalItems",keyword:"additionalItems",params:{limit: 2},message:"must NOT have more than 2 items"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
const len2 = data13.length;
if(len2 > 0){
let data14 = data13[0];
if(!((typeof data14 == "number") && (isFinite(data14)))){
const err35 = {instancePath:instancePath+"/channels/" + i0+"/range/0",schemaPath:"#/properties/channels/items/properties/range/items/0/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(len2 > 1){
let data15 = data13[1];
if(!((typeof data15 == "number") && (isFinite(data15)))){
const err36 = {instancePath:instancePath+"/channels/" + i0+"/range/1",schemaPath:"#/properties/channels/items/properties/range/items/1/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath:instancePath+"/channels/" + i0+"/range",schemaPath:"#/properties/channels/items/properties/range/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data10.reference !== undefined){
if(typeof data10.reference !== "string"){
const err38 = {instancePath:instancePath+"/channels/" + i0+"/reference",schemaPath:"#/properties/channels/items/properties/reference/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data10.fill !== undefined){
let data17 = data10.fill;
if(!((typeof data17 == "number") && (isFinite(data17)))){
const err39 = {instancePath:instancePath+"/channels/" + i0+"/fill",schemaPath:"#/properties/channels/items/properties/fill/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
else {
const err40 = {instancePath:instancePath+"/channels/" + i0,schemaPath:"#/properties/channels/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
else {
const err41 = {instancePath:instancePath+"/channels",schemaPath:"#/properties/channels/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data.ids !== undefined){
let data18 = data.ids;
if(Array.isArray(data18)){
const len3 = data18.length;
for(let i1=0; i1<len3; i1++){
let data19 = data18[i1];
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
if(data19.input === undefined){
const err42 = {instancePath:instancePath+"/ids/" + i1,schemaPath:"#/properties/ids/items/required",keyword:"required",params:{missingProperty: "input"},message:"must have required property '"+"input"+"'"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data19.field === undefined){
const err43 = {instancePath:instancePath+"/ids/" + i1,schemaPath:"#/properties/ids/items/required",keyword:"required",params:{missingProperty: "field"},message:"must have required property '"+"field"+"'"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(data19.vocabulary === undefined){
const err44 = {instancePath:instancePath+"/ids/" + i1,schemaPath:"#/properties/ids/items/required",keyword:"required",params:{missingProperty: "vocabulary"},message:"must have required property '"+"vocabulary"+"'"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(data19.input !== undefined){
if(typeof data19.input !== "string"){
const err45 = {instancePath:instancePath+"/ids/" + i1+"/input",schemaPath:"#/properties/ids/items/properties/input/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data19.field !== undefined){
if(typeof data19.field !== "string"){
const err46 = {instancePath:instancePath+"/ids/" + i1+"/field",schemaPath:"#/properties/ids/items/properties/field/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data19.vocabulary !== undefined){
let data22 = data19.vocabulary;
if(data22 && typeof data22 == "object" && !Array.isArray(data22)){
for(const key0 in data22){
if(pattern2.test(key0)){
let data23 = data22[key0];
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
const err47 = {instancePath:instancePath+"/ids/" + i1+"/vocabulary/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/ids/items/properties/vocabulary/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 1 || isNaN(data23)){
const err48 = {instancePath:instancePath+"/ids/" + i1+"/vocabulary/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/ids/items/properties/vocabulary/patternProperties/%5E.*%24/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
}
}
else {
const err49 = {instancePath:instancePath+"/ids/" + i1+"/vocabulary",schemaPath:"#/properties/ids/items/properties/vocabulary/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
else {
const err50 = {instancePath:instancePath+"/ids/" + i1,schemaPath:"#/properties/ids/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath:instancePath+"/ids",schemaPath:"#/properties/ids/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data.numeric !== undefined){
let data24 = data.numeric;
if(Array.isArray(data24)){
const len4 = data24.length;
for(let i2=0; i2<len4; i2++){
let data25 = data24[i2];
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
if(data25.input === undefined){
const err52 = {instancePath:instancePath+"/numeric/" + i2,schemaPath:"#/properties/numeric/items/required",keyword:"required",params:{missingProperty: "input"},message:"must have required property '"+"input"+"'"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(data25.fields === undefined){
const err53 = {instancePath:instancePath+"/numeric/" + i2,schemaPath:"#/properties/numeric/items/required",keyword:"required",params:{missingProperty: "fields"},message:"must have required property '"+"fields"+"'"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data25.input !== undefined){
if(typeof data25.input !== "string"){
const err54 = {instancePath:instancePath+"/numeric/" + i2+"/input",schemaPath:"#/properties/numeric/items/properties/input/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data25.fields !== undefined){
let data27 = data25.fields;
if(Array.isArray(data27)){
const len5 = data27.length;
for(let i3=0; i3<len5; i3++){
if(typeof data27[i3] !== "string"){
const err55 = {instancePath:instancePath+"/numeric/" + i2+"/fields/" + i3,schemaPath:"#/properties/numeric/items/properties/fields/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
else {
const err56 = {instancePath:instancePath+"/numeric/" + i2+"/fields",schemaPath:"#/properties/numeric/items/properties/fields/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
else {
const err57 = {instancePath:instancePath+"/numeric/" + i2,schemaPath:"#/properties/numeric/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/numeric",schemaPath:"#/properties/numeric/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data.inputs !== undefined){
let data29 = data.inputs;
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
for(const key1 in data29){
if(pattern2.test(key1)){
let data30 = data29[key1];
if(data30 && typeof data30 == "object" && !Array.isArray(data30)){
if(data30.dtype === undefined){
const err59 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/required",keyword:"required",params:{missingProperty: "dtype"},message:"must have required property '"+"dtype"+"'"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(data30.shape === undefined){
const err60 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/required",keyword:"required",params:{missingProperty: "shape"},message:"must have required property '"+"shape"+"'"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if(data30.dtype !== undefined){
let data31 = data30.dtype;
if(!((data31 === "float32") || (data31 === "int64"))){
const err61 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/dtype",schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/dtype/enum",keyword:"enum",params:{allowedValues: schema12.properties.inputs.patternProperties["^.*$"].properties.dtype.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data30.shape !== undefined){
let data32 = data30.shape;
if(Array.isArray(data32)){
if(data32.length > 4){
const err62 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/shape",schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/shape/maxItems",keyword:"maxItems",params:{limit: 4},message:"must NOT have more than 4 items"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(data32.length < 1){
const err63 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/shape",schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/shape/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
const len6 = data32.length;
for(let i4=0; i4<len6; i4++){
let data33 = data32[i4];
const _errs67 = errors;
let valid19 = false;
const _errs68 = errors;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
const err64 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/shape/" + i4,schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/shape/items/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 < 1 || isNaN(data33)){
const err65 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/shape/" + i4,schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/shape/items/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
var _valid0 = _errs68 === errors;
valid19 = valid19 || _valid0;
if(!valid19){
const _errs70 = errors;
if(data33 !== null){
const err66 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/shape/" + i4,schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/shape/items/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
var _valid0 = _errs70 === errors;
valid19 = valid19 || _valid0;
}
if(!valid19){
const err67 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/shape/" + i4,schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/shape/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
else {
errors = _errs67;
if(vErrors !== null){
if(_errs67){
vErrors.length = _errs67;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err68 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/shape",schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/properties/shape/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
}
else {
const err69 = {instancePath:instancePath+"/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/inputs/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
}
}
else {
const err70 = {instancePath:instancePath+"/inputs",schemaPath:"#/properties/inputs/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data.output !== undefined){
let data34 = data.output;
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
if(data34.name === undefined){
const err71 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data34.shape === undefined){
const err72 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/required",keyword:"required",params:{missingProperty: "shape"},message:"must have required property '"+"shape"+"'"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if(data34.name !== undefined){
if(typeof data34.name !== "string"){
const err73 = {instancePath:instancePath+"/output/name",schemaPath:"#/properties/output/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data34.shape !== undefined){
let data36 = data34.shape;
if(Array.isArray(data36)){
const len7 = data36.length;
for(let i5=0; i5<len7; i5++){
let data37 = data36[i5];
const _errs79 = errors;
let valid23 = false;
const _errs80 = errors;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
const err74 = {instancePath:instancePath+"/output/shape/" + i5,schemaPath:"#/properties/output/properties/shape/items/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 < 1 || isNaN(data37)){
const err75 = {instancePath:instancePath+"/output/shape/" + i5,schemaPath:"#/properties/output/properties/shape/items/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
var _valid1 = _errs80 === errors;
valid23 = valid23 || _valid1;
if(!valid23){
const _errs82 = errors;
if(data37 !== null){
const err76 = {instancePath:instancePath+"/output/shape/" + i5,schemaPath:"#/properties/output/properties/shape/items/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
var _valid1 = _errs82 === errors;
valid23 = valid23 || _valid1;
}
if(!valid23){
const err77 = {instancePath:instancePath+"/output/shape/" + i5,schemaPath:"#/properties/output/properties/shape/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
else {
errors = _errs79;
if(vErrors !== null){
if(_errs79){
vErrors.length = _errs79;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err78 = {instancePath:instancePath+"/output/shape",schemaPath:"#/properties/output/properties/shape/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
}
else {
const err79 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data.labels !== undefined){
let data38 = data.labels;
if(Array.isArray(data38)){
if(data38.length < 2){
const err80 = {instancePath:instancePath+"/labels",schemaPath:"#/properties/labels/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
const len8 = data38.length;
for(let i6=0; i6<len8; i6++){
let data39 = data38[i6];
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
if(data39.name === undefined){
const err81 = {instancePath:instancePath+"/labels/" + i6,schemaPath:"#/properties/labels/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(data39.kind === undefined){
const err82 = {instancePath:instancePath+"/labels/" + i6,schemaPath:"#/properties/labels/items/required",keyword:"required",params:{missingProperty: "kind"},message:"must have required property '"+"kind"+"'"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(data39.severity === undefined){
const err83 = {instancePath:instancePath+"/labels/" + i6,schemaPath:"#/properties/labels/items/required",keyword:"required",params:{missingProperty: "severity"},message:"must have required property '"+"severity"+"'"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if(data39.action === undefined){
const err84 = {instancePath:instancePath+"/labels/" + i6,schemaPath:"#/properties/labels/items/required",keyword:"required",params:{missingProperty: "action"},message:"must have required property '"+"action"+"'"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data39.name !== undefined){
let data40 = data39.name;
if(typeof data40 === "string"){
if(!pattern11.test(data40)){
const err85 = {instancePath:instancePath+"/labels/" + i6+"/name",schemaPath:"#/properties/labels/items/properties/name/pattern",keyword:"pattern",params:{pattern: "."},message:"must match pattern \""+"."+"\""};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/labels/" + i6+"/name",schemaPath:"#/properties/labels/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data39.kind !== undefined){
let data41 = data39.kind;
if(!(((data41 === "normal") || (data41 === "fault")) || (data41 === "other"))){
const err87 = {instancePath:instancePath+"/labels/" + i6+"/kind",schemaPath:"#/properties/labels/items/properties/kind/enum",keyword:"enum",params:{allowedValues: schema12.properties.labels.items.properties.kind.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data39.severity !== undefined){
let data42 = data39.severity;
if(!((((data42 === "low") || (data42 === "medium")) || (data42 === "high")) || (data42 === "critical"))){
const err88 = {instancePath:instancePath+"/labels/" + i6+"/severity",schemaPath:"#/properties/labels/items/properties/severity/enum",keyword:"enum",params:{allowedValues: schema12.properties.labels.items.properties.severity.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data39.action !== undefined){
if(typeof data39.action !== "string"){
const err89 = {instancePath:instancePath+"/labels/" + i6+"/action",schemaPath:"#/properties/labels/items/properties/action/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
}
else {
const err90 = {instancePath:instancePath+"/labels/" + i6,schemaPath:"#/properties/labels/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
else {
const err91 = {instancePath:instancePath+"/labels",schemaPath:"#/properties/labels/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data.calibration !== undefined){
let data44 = data.calibration;
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.fp32 === undefined){
const err92 = {instancePath:instancePath+"/calibration",schemaPath:"#/properties/calibration/required",keyword:"required",params:{missingProperty: "fp32"},message:"must have required property '"+"fp32"+"'"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if(data44.fp32 !== undefined){
let data45 = data44.fp32;
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
if(data45.temperature === undefined){
const err93 = {instancePath:instancePath+"/calibration/fp32",schemaPath:"#/properties/calibration/properties/fp32/required",keyword:"required",params:{missingProperty: "temperature"},message:"must have required property '"+"temperature"+"'"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(data45.bias === undefined){
const err94 = {instancePath:instancePath+"/calibration/fp32",schemaPath:"#/properties/calibration/properties/fp32/required",keyword:"required",params:{missingProperty: "bias"},message:"must have required property '"+"bias"+"'"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(data45.temperature !== undefined){
let data46 = data45.temperature;
if((typeof data46 == "number") && (isFinite(data46))){
if(data46 <= 0 || isNaN(data46)){
const err95 = {instancePath:instancePath+"/calibration/fp32/temperature",schemaPath:"#/properties/calibration/properties/fp32/properties/temperature/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
else {
const err96 = {instancePath:instancePath+"/calibration/fp32/temperature",schemaPath:"#/properties/calibration/properties/fp32/properties/temperature/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data45.bias !== undefined){
let data47 = data45.bias;
if(Array.isArray(data47)){
const len9 = data47.length;
for(let i7=0; i7<len9; i7++){
let data48 = data47[i7];
if(!((typeof data48 == "number") && (isFinite(data48)))){
const err97 = {instancePath:instancePath+"/calibration/fp32/bias/" + i7,schemaPath:"#/properties/calibration/properties/fp32/properties/bias/items/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
}
else {
const err98 = {instancePath:instancePath+"/calibration/fp32/bias",schemaPath:"#/properties/calibration/properties/fp32/properties/bias/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
}
else {
const err99 = {instancePath:instancePath+"/calibration/fp32",schemaPath:"#/properties/calibration/properties/fp32/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
if(data44.int8 !== undefined){
let data49 = data44.int8;
if(data49 && typeof data49 == "object" && !Array.isArray(data49)){
if(data49.temperature === undefined){
const err100 = {instancePath:instancePath+"/calibration/int8",schemaPath:"#/properties/calibration/properties/int8/required",keyword:"required",params:{missingProperty: "temperature"},message:"must have required property '"+"temperature"+"'"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
if(data49.bias === undefined){
const err101 = {instancePath:instancePath+"/calibration/int8",schemaPath:"#/properties/calibration/properties/int8/required",keyword:"required",params:{missingProperty: "bias"},message:"must have required property '"+"bias"+"'"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if(data49.temperature !== undefined){
let data50 = data49.temperature;
if((typeof data50 == "number") && (isFinite(data50))){
if(data50 <= 0 || isNaN(data50)){
const err102 = {instancePath:instancePath+"/calibration/int8/temperature",schemaPath:"#/properties/calibration/properties/int8/properties/temperature/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
else {
const err103 = {instancePath:instancePath+"/calibration/int8/temperature",schemaPath:"#/properties/calibration/properties/int8/properties/temperature/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
if(data49.bias !== undefined){
let data51 = data49.bias;
if(Array.isArray(data51)){
const len10 = data51.length;
for(let i8=0; i8<len10; i8++){
let data52 = data51[i8];
if(!((typeof data52 == "number") && (isFinite(data52)))){
const err104 = {instancePath:instancePath+"/calibration/int8/bias/" + i8,schemaPath:"#/properties/calibration/properties/int8/properties/bias/items/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
}
else {
const err105 = {instancePath:instancePath+"/calibration/int8/bias",schemaPath:"#/properties/calibration/properties/int8/properties/bias/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
}
else {
const err106 = {instancePath:instancePath+"/calibration/int8",schemaPath:"#/properties/calibration/properties/int8/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
}
else {
const err107 = {instancePath:instancePath+"/calibration",schemaPath:"#/properties/calibration/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data.build !== undefined){
let data53 = data.build;
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
if(data53.opset === undefined){
const err108 = {instancePath:instancePath+"/build",schemaPath:"#/properties/build/required",keyword:"required",params:{missingProperty: "opset"},message:"must have required property '"+"opset"+"'"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if(data53.opset !== undefined){
let data54 = data53.opset;
if(!(((typeof data54 == "number") && (!(data54 % 1) && !isNaN(data54))) && (isFinite(data54)))){
const err109 = {instancePath:instancePath+"/build/opset",schemaPath:"#/properties/build/properties/opset/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data53.trtexec !== undefined){
if(typeof data53.trtexec !== "string"){
const err110 = {instancePath:instancePath+"/build/trtexec",schemaPath:"#/properties/build/properties/trtexec/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
}
else {
const err111 = {instancePath:instancePath+"/build",schemaPath:"#/properties/build/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
}
else {
const err112 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

exports.checkGolden = validate12;
const schema13 = {"type":"object","required":["schema","tolerance","rows"],"properties":{"schema":{"type":"string","const":"golden/1"},"tolerance":{"type":"number","exclusiveMinimum":0},"int8_tolerance":{"type":"number","exclusiveMinimum":0},"rows":{"type":"array","items":{"type":"object","required":["sensor_data","context","probabilities"],"properties":{"sensor_data":{"type":"object","patternProperties":{"^.*$":{"type":"number"}}},"context":{"type":"object","patternProperties":{"^.*$":{}}},"probabilities":{"type":"object","patternProperties":{"^.*$":{"type":"number","minimum":0,"maximum":1}}},"int8":{"type":"object","patternProperties":{"^.*$":{"type":"number","minimum":0,"maximum":1}}}}},"minItems":1}},"$id":"golden-1"};

function validate12(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="golden-1" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.schema === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schema"},message:"must have required property '"+"schema"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.tolerance === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tolerance"},message:"must have required property '"+"tolerance"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.rows === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "rows"},message:"must have required property '"+"rows"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.schema !== undefined){
let data0 = data.schema;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("golden/1" !== data0){
const err4 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/const",keyword:"const",params:{allowedValue: "golden/1"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.tolerance !== undefined){
let data1 = data.tolerance;
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 <= 0 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/tolerance",schemaPath:"#/properties/tolerance/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/tolerance",schemaPath:"#/properties/tolerance/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.int8_tolerance !== undefined){
let data2 = data.int8_tolerance;
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 <= 0 || isNaN(data2)){
const err7 = {instancePath:instancePath+"/int8_tolerance",schemaPath:"#/properties/int8_tolerance/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/int8_tolerance",schemaPath:"#/properties/int8_tolerance/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.rows !== undefined){
let data3 = data.rows;
if(Array.isArray(data3)){
if(data3.length < 1){
const err9 = {instancePath:instancePath+"/rows",schemaPath:"#/properties/rows/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.sensor_data === undefined){
const err10 = {instancePath:instancePath+"/rows/" + i0,schemaPath:"#/properties/rows/items/required",keyword:"required",params:{missingProperty: "sensor_data"},message:"must have required property '"+"sensor_data"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data4.context === undefined){
const err11 = {instancePath:instancePath+"/rows/" + i0,schemaPath:"#/properties/rows/items/required",keyword:"required",params:{missingProperty: "context"},message:"must have required property '"+"context"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data4.probabilities === undefined){
const err12 = {instancePath:instancePath+"/rows/" + i0,schemaPath:"#/properties/rows/items/required",keyword:"required",params:{missingProperty: "probabilities"},message:"must have required property '"+"probabilities"+"'"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data4.sensor_data !== undefined){
let data5 = data4.sensor_data;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key0 in data5){
if(pattern2.test(key0)){
let data6 = data5[key0];
if(!((typeof data6 == "number") && (isFinite(data6)))){
const err13 = {instancePath:instancePath+"/rows/" + i0+"/sensor_data/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/sensor_data/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
}
else {
const err14 = {instancePath:instancePath+"/rows/" + i0+"/sensor_data",schemaPath:"#/properties/rows/items/properties/sensor_data/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data4.context !== undefined){
let data7 = data4.context;
if(!(data7 && typeof data7 == "object" && !Array.isArray(data7))){
const err15 = {instancePath:instancePath+"/rows/" + i0+"/context",schemaPath:"#/properties/rows/items/properties/context/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data4.probabilities !== undefined){
let data8 = data4.probabilities;
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
for(const key1 in data8){
if(pattern2.test(key1)){
let data9 = data8[key1];
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 1 || isNaN(data9)){
const err16 = {instancePath:instancePath+"/rows/" + i0+"/probabilities/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/probabilities/patternProperties/%5E.*%24/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err17 = {instancePath:instancePath+"/rows/" + i0+"/probabilities/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/probabilities/patternProperties/%5E.*%24/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/rows/" + i0+"/probabilities/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/probabilities/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
}
else {
const err19 = {instancePath:instancePath+"/rows/" + i0+"/probabilities",schemaPath:"#/properties/rows/items/properties/probabilities/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data4.int8 !== undefined){
let data10 = data4.int8;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
for(const key2 in data10){
if(pattern2.test(key2)){
let data11 = data10[key2];
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 1 || isNaN(data11)){
const err20 = {instancePath:instancePath+"/rows/" + i0+"/int8/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/int8/patternProperties/%5E.*%24/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data11 < 0 || isNaN(data11)){
const err21 = {instancePath:instancePath+"/rows/" + i0+"/int8/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/int8/patternProperties/%5E.*%24/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/rows/" + i0+"/int8/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/int8/patternProperties/%5E.*%24/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
}
else {
const err23 = {instancePath:instancePath+"/rows/" + i0+"/int8",schemaPath:"#/properties/rows/items/properties/int8/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/rows/" + i0,schemaPath:"#/properties/rows/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/rows",schemaPath:"#/properties/rows/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
validate12.errors = vErrors;
return errors === 0;
}

exports.checkPointer = validate13;
const schema14 = {"type":"object","required":["schema","model","ring","version","release_sha256","pointer_seq","issued_at","reason","epoch","recent_epochs"],"properties":{"schema":{"type":"string","const":"pointer/1"},"model":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,62}$"},"ring":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,62}$"},"version":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,62}$"},"release_sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"pointer_seq":{"type":"integer","minimum":1,"maximum":9007199254740991},"issued_at":{"type":"string","format":"date-time","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},"expires_at":{"type":"string","format":"date-time","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},"revoked":{"type":"array","items":{"type":"string","pattern":"^[0-9a-f]{64}$"},"maxItems":256},"challenger":{"type":"object","required":["version","release_sha256","mode","share","split_id"],"properties":{"version":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,62}$"},"release_sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"mode":{"enum":["shadow","split"]},"share":{"type":"number","minimum":0,"maximum":1},"split_id":{"type":"string","pattern":"."}},"additionalProperties":false},"reason":{"type":"string","pattern":"^[^\\u0000-\\u001f]{0,500}$"},"epoch":{"type":"string","pattern":"^[0-9a-f]{32}$"},"recent_epochs":{"type":"array","items":{"type":"string","pattern":"^[0-9a-f]{32}$"},"maxItems":16}},"additionalProperties":false,"$id":"pointer-1"};
const pattern18 = new RegExp("^[a-z0-9][a-z0-9._-]{0,62}$", "u");
const pattern28 = new RegExp("^[^\\u0000-\\u001f]{0,500}$", "u");
const pattern29 = new RegExp("^[0-9a-f]{32}$", "u");

function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="pointer-1" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.schema === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schema"},message:"must have required property '"+"schema"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.model === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"},message:"must have required property '"+"model"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.ring === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ring"},message:"must have required property '"+"ring"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.version === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.release_sha256 === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "release_sha256"},message:"must have required property '"+"release_sha256"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.pointer_seq === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "pointer_seq"},message:"must have required property '"+"pointer_seq"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.issued_at === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "issued_at"},message:"must have required property '"+"issued_at"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.reason === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "reason"},message:"must have required property '"+"reason"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.epoch === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "epoch"},message:"must have required property '"+"epoch"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.recent_epochs === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "recent_epochs"},message:"must have required property '"+"recent_epochs"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema14.properties, key0))){
const err10 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.schema !== undefined){
let data0 = data.schema;
if(typeof data0 !== "string"){
const err11 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if("pointer/1" !== data0){
const err12 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/const",keyword:"const",params:{allowedValue: "pointer/1"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.model !== undefined){
let data1 = data.model;
if(typeof data1 === "string"){
if(!pattern18.test(data1)){
const err13 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,62}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,62}$"+"\""};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/model",schemaPath:"#/properties/model/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.ring !== undefined){
let data2 = data.ring;
if(typeof data2 === "string"){
if(!pattern18.test(data2)){
const err15 = {instancePath:instancePath+"/ring",schemaPath:"#/properties/ring/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,62}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,62}$"+"\""};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/ring",schemaPath:"#/properties/ring/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.version !== undefined){
let data3 = data.version;
if(typeof data3 === "string"){
if(!pattern18.test(data3)){
const err17 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,62}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,62}$"+"\""};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.release_sha256 !== undefined){
let data4 = data.release_sha256;
if(typeof data4 === "string"){
if(!pattern7.test(data4)){
const err19 = {instancePath:instancePath+"/release_sha256",schemaPath:"#/properties/release_sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/release_sha256",schemaPath:"#/properties/release_sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.pointer_seq !== undefined){
let data5 = data.pointer_seq;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err21 = {instancePath:instancePath+"/pointer_seq",schemaPath:"#/properties/pointer_seq/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 9007199254740991 || isNaN(data5)){
const err22 = {instancePath:instancePath+"/pointer_seq",schemaPath:"#/properties/pointer_seq/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data5 < 1 || isNaN(data5)){
const err23 = {instancePath:instancePath+"/pointer_seq",schemaPath:"#/properties/pointer_seq/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
if(data.issued_at !== undefined){
let data6 = data.issued_at;
if(typeof data6 === "string"){
if(!pattern3.test(data6)){
const err24 = {instancePath:instancePath+"/issued_at",schemaPath:"#/properties/issued_at/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},message:"must match pattern \""+"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"+"\""};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/issued_at",schemaPath:"#/properties/issued_at/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.expires_at !== undefined){
let data7 = data.expires_at;
if(typeof data7 === "string"){
if(!pattern3.test(data7)){
const err26 = {instancePath:instancePath+"/expires_at",schemaPath:"#/properties/expires_at/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},message:"must match pattern \""+"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"+"\""};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/expires_at",schemaPath:"#/properties/expires_at/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data.revoked !== undefined){
let data8 = data.revoked;
if(Array.isArray(data8)){
if(data8.length > 256){
const err28 = {instancePath:instancePath+"/revoked",schemaPath:"#/properties/revoked/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
let data9 = data8[i0];
if(typeof data9 === "string"){
if(!pattern7.test(data9)){
const err29 = {instancePath:instancePath+"/revoked/" + i0,schemaPath:"#/properties/revoked/items/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/revoked/" + i0,schemaPath:"#/properties/revoked/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/revoked",schemaPath:"#/properties/revoked/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.challenger !== undefined){
let data10 = data.challenger;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.version === undefined){
const err32 = {instancePath:instancePath+"/challenger",schemaPath:"#/properties/challenger/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data10.release_sha256 === undefined){
const err33 = {instancePath:instancePath+"/challenger",schemaPath:"#/properties/challenger/required",keyword:"required",params:{missingProperty: "release_sha256"},message:"must have required property '"+"release_sha256"+"'"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data10.mode === undefined){
const err34 = {instancePath:instancePath+"/challenger",schemaPath:"#/properties/challenger/required",keyword:"required",params:{missingProperty: "mode"},message:"must have required property '"+"mode"+"'"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data10.share === undefined){
const err35 = {instancePath:instancePath+"/challenger",schemaPath:"#/properties/challenger/required",keyword:"required",params:{missingProperty: "share"},message:"must have required property '"+"share"+"'"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(data10.split_id === undefined){
const err36 = {instancePath:instancePath+"/challenger",schemaPath:"#/properties/challenger/required",keyword:"required",params:{missingProperty: "split_id"},message:"must have required property '"+"split_id"+"'"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
for(const key1 in data10){
if(!(((((key1 === "version") || (key1 === "release_sha256")) || (key1 === "mode")) || (key1 === "share")) || (key1 === "split_id"))){
const err37 = {instancePath:instancePath+"/challenger",schemaPath:"#/properties/challenger/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data10.version !== undefined){
let data11 = data10.version;
if(typeof data11 === "string"){
if(!pattern18.test(data11)){
const err38 = {instancePath:instancePath+"/challenger/version",schemaPath:"#/properties/challenger/properties/version/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,62}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,62}$"+"\""};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/challenger/version",schemaPath:"#/properties/challenger/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data10.release_sha256 !== undefined){
let data12 = data10.release_sha256;
if(typeof data12 === "string"){
if(!pattern7.test(data12)){
const err40 = {instancePath:instancePath+"/challenger/release_sha256",schemaPath:"#/properties/challenger/properties/release_sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/challenger/release_sha256",schemaPath:"#/properties/challenger/properties/release_sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data10.mode !== undefined){
let data13 = data10.mode;
if(!((data13 === "shadow") || (data13 === "split"))){
const err42 = {instancePath:instancePath+"/challenger/mode",schemaPath:"#/properties/challenger/properties/mode/enum",keyword:"enum",params:{allowedValues: schema14.properties.challenger.properties.mode.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data10.share !== undefined){
let data14 = data10.share;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 1 || isNaN(data14)){
const err43 = {instancePath:instancePath+"/challenger/share",schemaPath:"#/properties/challenger/properties/share/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(data14 < 0 || isNaN(data14)){
const err44 = {instancePath:instancePath+"/challenger/share",schemaPath:"#/properties/challenger/properties/share/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/challenger/share",schemaPath:"#/properties/challenger/properties/share/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data10.split_id !== undefined){
let data15 = data10.split_id;
if(typeof data15 === "string"){
if(!pattern11.test(data15)){
const err46 = {instancePath:instancePath+"/challenger/split_id",schemaPath:"#/properties/challenger/properties/split_id/pattern",keyword:"pattern",params:{pattern: "."},message:"must match pattern \""+"."+"\""};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/challenger/split_id",schemaPath:"#/properties/challenger/properties/split_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/challenger",schemaPath:"#/properties/challenger/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data.reason !== undefined){
let data16 = data.reason;
if(typeof data16 === "string"){
if(!pattern28.test(data16)){
const err49 = {instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]{0,500}$"},message:"must match pattern \""+"^[^\\u0000-\\u001f]{0,500}$"+"\""};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data.epoch !== undefined){
let data17 = data.epoch;
if(typeof data17 === "string"){
if(!pattern29.test(data17)){
const err51 = {instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{32}$"},message:"must match pattern \""+"^[0-9a-f]{32}$"+"\""};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data.recent_epochs !== undefined){
let data18 = data.recent_epochs;
if(Array.isArray(data18)){
if(data18.length > 16){
const err53 = {instancePath:instancePath+"/recent_epochs",schemaPath:"#/properties/recent_epochs/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
const len1 = data18.length;
for(let i1=0; i1<len1; i1++){
let data19 = data18[i1];
if(typeof data19 === "string"){
if(!pattern29.test(data19)){
const err54 = {instancePath:instancePath+"/recent_epochs/" + i1,schemaPath:"#/properties/recent_epochs/items/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{32}$"},message:"must match pattern \""+"^[0-9a-f]{32}$"+"\""};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
else {
const err55 = {instancePath:instancePath+"/recent_epochs/" + i1,schemaPath:"#/properties/recent_epochs/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
else {
const err56 = {instancePath:instancePath+"/recent_epochs",schemaPath:"#/properties/recent_epochs/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
else {
const err57 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
validate13.errors = vErrors;
return errors === 0;
}

exports.checkEnvelope = validate14;
const schema15 = {"type":"object","required":["payload","payloadType","signatures"],"properties":{"payload":{"type":"string","pattern":"^[A-Za-z0-9+/]+={0,2}$"},"payloadType":{"type":"string","pattern":"."},"signatures":{"type":"array","items":{"type":"object","required":["sig"],"properties":{"sig":{"type":"string","pattern":"^[A-Za-z0-9+/]+={0,2}$"},"keyid":{"type":"string"}},"additionalProperties":false},"minItems":1,"maxItems":1}},"additionalProperties":false,"$id":"envelope"};
const pattern31 = new RegExp("^[A-Za-z0-9+/]+={0,2}$", "u");

function validate14(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="envelope" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.payload === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "payload"},message:"must have required property '"+"payload"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.payloadType === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "payloadType"},message:"must have required property '"+"payloadType"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.signatures === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "signatures"},message:"must have required property '"+"signatures"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "payload") || (key0 === "payloadType")) || (key0 === "signatures"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.payload !== undefined){
let data0 = data.payload;
if(typeof data0 === "string"){
if(!pattern31.test(data0)){
const err4 = {instancePath:instancePath+"/payload",schemaPath:"#/properties/payload/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]+={0,2}$"},message:"must match pattern \""+"^[A-Za-z0-9+/]+={0,2}$"+"\""};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/payload",schemaPath:"#/properties/payload/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.payloadType !== undefined){
let data1 = data.payloadType;
if(typeof data1 === "string"){
if(!pattern11.test(data1)){
const err6 = {instancePath:instancePath+"/payloadType",schemaPath:"#/properties/payloadType/pattern",keyword:"pattern",params:{pattern: "."},message:"must match pattern \""+"."+"\""};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/payloadType",schemaPath:"#/properties/payloadType/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.signatures !== undefined){
let data2 = data.signatures;
if(Array.isArray(data2)){
if(data2.length > 1){
const err8 = {instancePath:instancePath+"/signatures",schemaPath:"#/properties/signatures/maxItems",keyword:"maxItems",params:{limit: 1},message:"must NOT have more than 1 items"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data2.length < 1){
const err9 = {instancePath:instancePath+"/signatures",schemaPath:"#/properties/signatures/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.sig === undefined){
const err10 = {instancePath:instancePath+"/signatures/" + i0,schemaPath:"#/properties/signatures/items/required",keyword:"required",params:{missingProperty: "sig"},message:"must have required property '"+"sig"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
if(!((key1 === "sig") || (key1 === "keyid"))){
const err11 = {instancePath:instancePath+"/signatures/" + i0,schemaPath:"#/properties/signatures/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data3.sig !== undefined){
let data4 = data3.sig;
if(typeof data4 === "string"){
if(!pattern31.test(data4)){
const err12 = {instancePath:instancePath+"/signatures/" + i0+"/sig",schemaPath:"#/properties/signatures/items/properties/sig/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]+={0,2}$"},message:"must match pattern \""+"^[A-Za-z0-9+/]+={0,2}$"+"\""};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/signatures/" + i0+"/sig",schemaPath:"#/properties/signatures/items/properties/sig/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data3.keyid !== undefined){
if(typeof data3.keyid !== "string"){
const err14 = {instancePath:instancePath+"/signatures/" + i0+"/keyid",schemaPath:"#/properties/signatures/items/properties/keyid/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/signatures/" + i0,schemaPath:"#/properties/signatures/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/signatures",schemaPath:"#/properties/signatures/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
validate14.errors = vErrors;
return errors === 0;
}

exports.checkBundle = validate15;
const schema16 = {"type":"object","required":["mediaType","verificationMaterial","dsseEnvelope"],"properties":{"mediaType":{"type":"string","const":"application/vnd.dev.sigstore.bundle.v0.3+json"},"verificationMaterial":{"type":"object","required":["publicKey"],"properties":{"publicKey":{"type":"object","properties":{"hint":{"type":"string","pattern":"^[0-9a-f]{64}$"}},"additionalProperties":false},"tlogEntries":{"type":"array","items":{"type":"null"},"maxItems":0}},"additionalProperties":false},"dsseEnvelope":{"type":"object","required":["payload","payloadType","signatures"],"properties":{"payload":{"type":"string","pattern":"^[A-Za-z0-9+/]+={0,2}$"},"payloadType":{"type":"string","pattern":"."},"signatures":{"type":"array","items":{"type":"object","required":["sig"],"properties":{"sig":{"type":"string","pattern":"^[A-Za-z0-9+/]+={0,2}$"},"keyid":{"type":"string"}},"additionalProperties":false},"minItems":1,"maxItems":1}},"additionalProperties":false}},"additionalProperties":false,"$id":"bundle"};

function validate15(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="bundle" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.mediaType === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "mediaType"},message:"must have required property '"+"mediaType"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.verificationMaterial === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "verificationMaterial"},message:"must have required property '"+"verificationMaterial"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.dsseEnvelope === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "dsseEnvelope"},message:"must have required property '"+"dsseEnvelope"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "mediaType") || (key0 === "verificationMaterial")) || (key0 === "dsseEnvelope"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.mediaType !== undefined){
let data0 = data.mediaType;
if(typeof data0 !== "string"){
const err4 = {instancePath:instancePath+"/mediaType",schemaPath:"#/properties/mediaType/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if("application/vnd.dev.sigstore.bundle.v0.3+json" !== data0){
const err5 = {instancePath:instancePath+"/mediaType",schemaPath:"#/properties/mediaType/const",keyword:"const",params:{allowedValue: "application/vnd.dev.sigstore.bundle.v0.3+json"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.verificationMaterial !== undefined){
let data1 = data.verificationMaterial;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.publicKey === undefined){
const err6 = {instancePath:instancePath+"/verificationMaterial",schemaPath:"#/properties/verificationMaterial/required",keyword:"required",params:{missingProperty: "publicKey"},message:"must have required property '"+"publicKey"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
for(const key1 in data1){
if(!((key1 === "publicKey") || (key1 === "tlogEntries"))){
const err7 = {instancePath:instancePath+"/verificationMaterial",schemaPath:"#/properties/verificationMaterial/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data1.publicKey !== undefined){
let data2 = data1.publicKey;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
for(const key2 in data2){
if(!(key2 === "hint")){
const err8 = {instancePath:instancePath+"/verificationMaterial/publicKey",schemaPath:"#/properties/verificationMaterial/properties/publicKey/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data2.hint !== undefined){
let data3 = data2.hint;
if(typeof data3 === "string"){
if(!pattern7.test(data3)){
const err9 = {instancePath:instancePath+"/verificationMaterial/publicKey/hint",schemaPath:"#/properties/verificationMaterial/properties/publicKey/properties/hint/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/verificationMaterial/publicKey/hint",schemaPath:"#/properties/verificationMaterial/properties/publicKey/properties/hint/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/verificationMaterial/publicKey",schemaPath:"#/properties/verificationMaterial/properties/publicKey/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data1.tlogEntries !== undefined){
let data4 = data1.tlogEntries;
if(Array.isArray(data4)){
if(data4.length > 0){
const err12 = {instancePath:instancePath+"/verificationMaterial/tlogEntries",schemaPath:"#/properties/verificationMaterial/properties/tlogEntries/maxItems",keyword:"maxItems",params:{limit: 0},message:"must NOT have more than 0 items"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
if(data4[i0] !== null){
const err13 = {instancePath:instancePath+"/verificationMaterial/tlogEntries/" + i0,schemaPath:"#/properties/verificationMaterial/properties/tlogEntries/items/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/verificationMaterial/tlogEntries",schemaPath:"#/properties/verificationMaterial/properties/tlogEntries/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/verificationMaterial",schemaPath:"#/properties/verificationMaterial/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.dsseEnvelope !== undefined){
let data6 = data.dsseEnvelope;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.payload === undefined){
const err16 = {instancePath:instancePath+"/dsseEnvelope",schemaPath:"#/properties/dsseEnvelope/required",keyword:"required",params:{missingProperty: "payload"},message:"must have required property '"+"payload"+"'"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data6.payloadType === undefined){
const err17 = {instancePath:instancePath+"/dsseEnvelope",schemaPath:"#/properties/dsseEnvelope/required",keyword:"required",params:{missingProperty: "payloadType"},message:"must have required property '"+"payloadType"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data6.signatures === undefined){
const err18 = {instancePath:instancePath+"/dsseEnvelope",schemaPath:"#/properties/dsseEnvelope/required",keyword:"required",params:{missingProperty: "signatures"},message:"must have required property '"+"signatures"+"'"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
for(const key3 in data6){
if(!(((key3 === "payload") || (key3 === "payloadType")) || (key3 === "signatures"))){
const err19 = {instancePath:instancePath+"/dsseEnvelope",schemaPath:"#/properties/dsseEnvelope/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data6.payload !== undefined){
let data7 = data6.payload;
if(typeof data7 === "string"){
if(!pattern31.test(data7)){
const err20 = {instancePath:instancePath+"/dsseEnvelope/payload",schemaPath:"#/properties/dsseEnvelope/properties/payload/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]+={0,2}$"},message:"must match pattern \""+"^[A-Za-z0-9+/]+={0,2}$"+"\""};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/dsseEnvelope/payload",schemaPath:"#/properties/dsseEnvelope/properties/payload/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data6.payloadType !== undefined){
let data8 = data6.payloadType;
if(typeof data8 === "string"){
if(!pattern11.test(data8)){
const err22 = {instancePath:instancePath+"/dsseEnvelope/payloadType",schemaPath:"#/properties/dsseEnvelope/properties/payloadType/pattern",keyword:"pattern",params:{pattern: "."},message:"must match pattern \""+"."+"\""};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/dsseEnvelope/payloadType",schemaPath:"#/properties/dsseEnvelope/properties/payloadType/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data6.signatures !== undefined){
let data9 = data6.signatures;
if(Array.isArray(data9)){
if(data9.length > 1){
const err24 = {instancePath:instancePath+"/dsseEnvelope/signatures",schemaPath:"#/properties/dsseEnvelope/properties/signatures/maxItems",keyword:"maxItems",params:{limit: 1},message:"must NOT have more than 1 items"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data9.length < 1){
const err25 = {instancePath:instancePath+"/dsseEnvelope/signatures",schemaPath:"#/properties/dsseEnvelope/properties/signatures/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
const len1 = data9.length;
for(let i1=0; i1<len1; i1++){
let data10 = data9[i1];
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.sig === undefined){
const err26 = {instancePath:instancePath+"/dsseEnvelope/signatures/" + i1,schemaPath:"#/properties/dsseEnvelope/properties/signatures/items/required",keyword:"required",params:{missingProperty: "sig"},message:"must have required property '"+"sig"+"'"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
for(const key4 in data10){
if(!((key4 === "sig") || (key4 === "keyid"))){
const err27 = {instancePath:instancePath+"/dsseEnvelope/signatures/" + i1,schemaPath:"#/properties/dsseEnvelope/properties/signatures/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data10.sig !== undefined){
let data11 = data10.sig;
if(typeof data11 === "string"){
if(!pattern31.test(data11)){
const err28 = {instancePath:instancePath+"/dsseEnvelope/signatures/" + i1+"/sig",schemaPath:"#/properties/dsseEnvelope/properties/signatures/items/properties/sig/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]+={0,2}$"},message:"must match pattern \""+"^[A-Za-z0-9+/]+={0,2}$"+"\""};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/dsseEnvelope/signatures/" + i1+"/sig",schemaPath:"#/properties/dsseEnvelope/properties/signatures/items/properties/sig/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data10.keyid !== undefined){
if(typeof data10.keyid !== "string"){
const err30 = {instancePath:instancePath+"/dsseEnvelope/signatures/" + i1+"/keyid",schemaPath:"#/properties/dsseEnvelope/properties/signatures/items/properties/keyid/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/dsseEnvelope/signatures/" + i1,schemaPath:"#/properties/dsseEnvelope/properties/signatures/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
else {
const err32 = {instancePath:instancePath+"/dsseEnvelope/signatures",schemaPath:"#/properties/dsseEnvelope/properties/signatures/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
else {
const err33 = {instancePath:instancePath+"/dsseEnvelope",schemaPath:"#/properties/dsseEnvelope/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
validate15.errors = vErrors;
return errors === 0;
}

exports.checkStatement = validate16;
const schema17 = {"type":"object","required":["_type","subject","predicateType","predicate"],"properties":{"_type":{"type":"string","const":"https://in-toto.io/Statement/v1"},"subject":{"type":"array","items":{"type":"object","required":["name","digest"],"properties":{"name":{"type":"string"},"digest":{"type":"object","required":["sha256"],"properties":{"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"}},"additionalProperties":false}},"additionalProperties":false},"minItems":1,"maxItems":1},"predicateType":{"type":"string","const":"https://model_signing/signature/v1.0"},"predicate":{"type":"object","required":["serialization","resources"],"properties":{"serialization":{"type":"object","required":["method","hash_type","allow_symlinks"],"properties":{"method":{"type":"string","const":"files"},"hash_type":{"type":"string","const":"sha256"},"allow_symlinks":{"type":"boolean","const":false},"ignore_paths":{"type":"array","items":{"type":"string"},"maxItems":16}},"additionalProperties":false},"resources":{"type":"array","items":{"type":"object","required":["name","algorithm","digest"],"properties":{"name":{"type":"string"},"algorithm":{"type":"string","const":"sha256"},"digest":{"type":"string","pattern":"^[0-9a-f]{64}$"}},"additionalProperties":false},"minItems":1,"maxItems":32}}}},"additionalProperties":false,"$id":"statement"};

function validate16(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="statement" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data._type === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "_type"},message:"must have required property '"+"_type"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.subject === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "subject"},message:"must have required property '"+"subject"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.predicateType === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "predicateType"},message:"must have required property '"+"predicateType"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.predicate === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "predicate"},message:"must have required property '"+"predicate"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "_type") || (key0 === "subject")) || (key0 === "predicateType")) || (key0 === "predicate"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data._type !== undefined){
let data0 = data._type;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/_type",schemaPath:"#/properties/_type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if("https://in-toto.io/Statement/v1" !== data0){
const err6 = {instancePath:instancePath+"/_type",schemaPath:"#/properties/_type/const",keyword:"const",params:{allowedValue: "https://in-toto.io/Statement/v1"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.subject !== undefined){
let data1 = data.subject;
if(Array.isArray(data1)){
if(data1.length > 1){
const err7 = {instancePath:instancePath+"/subject",schemaPath:"#/properties/subject/maxItems",keyword:"maxItems",params:{limit: 1},message:"must NOT have more than 1 items"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data1.length < 1){
const err8 = {instancePath:instancePath+"/subject",schemaPath:"#/properties/subject/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err9 = {instancePath:instancePath+"/subject/" + i0,schemaPath:"#/properties/subject/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data2.digest === undefined){
const err10 = {instancePath:instancePath+"/subject/" + i0,schemaPath:"#/properties/subject/items/required",keyword:"required",params:{missingProperty: "digest"},message:"must have required property '"+"digest"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data2){
if(!((key1 === "name") || (key1 === "digest"))){
const err11 = {instancePath:instancePath+"/subject/" + i0,schemaPath:"#/properties/subject/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data2.name !== undefined){
if(typeof data2.name !== "string"){
const err12 = {instancePath:instancePath+"/subject/" + i0+"/name",schemaPath:"#/properties/subject/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data2.digest !== undefined){
let data4 = data2.digest;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.sha256 === undefined){
const err13 = {instancePath:instancePath+"/subject/" + i0+"/digest",schemaPath:"#/properties/subject/items/properties/digest/required",keyword:"required",params:{missingProperty: "sha256"},message:"must have required property '"+"sha256"+"'"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key2 in data4){
if(!(key2 === "sha256")){
const err14 = {instancePath:instancePath+"/subject/" + i0+"/digest",schemaPath:"#/properties/subject/items/properties/digest/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data4.sha256 !== undefined){
let data5 = data4.sha256;
if(typeof data5 === "string"){
if(!pattern7.test(data5)){
const err15 = {instancePath:instancePath+"/subject/" + i0+"/digest/sha256",schemaPath:"#/properties/subject/items/properties/digest/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/subject/" + i0+"/digest/sha256",schemaPath:"#/properties/subject/items/properties/digest/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/subject/" + i0+"/digest",schemaPath:"#/properties/subject/items/properties/digest/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
else {
const err18 = {instancePath:instancePath+"/subject/" + i0,schemaPath:"#/properties/subject/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
else {
const err19 = {instancePath:instancePath+"/subject",schemaPath:"#/properties/subject/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data.predicateType !== undefined){
let data6 = data.predicateType;
if(typeof data6 !== "string"){
const err20 = {instancePath:instancePath+"/predicateType",schemaPath:"#/properties/predicateType/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if("https://model_signing/signature/v1.0" !== data6){
const err21 = {instancePath:instancePath+"/predicateType",schemaPath:"#/properties/predicateType/const",keyword:"const",params:{allowedValue: "https://model_signing/signature/v1.0"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.predicate !== undefined){
let data7 = data.predicate;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.serialization === undefined){
const err22 = {instancePath:instancePath+"/predicate",schemaPath:"#/properties/predicate/required",keyword:"required",params:{missingProperty: "serialization"},message:"must have required property '"+"serialization"+"'"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data7.resources === undefined){
const err23 = {instancePath:instancePath+"/predicate",schemaPath:"#/properties/predicate/required",keyword:"required",params:{missingProperty: "resources"},message:"must have required property '"+"resources"+"'"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data7.serialization !== undefined){
let data8 = data7.serialization;
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
if(data8.method === undefined){
const err24 = {instancePath:instancePath+"/predicate/serialization",schemaPath:"#/properties/predicate/properties/serialization/required",keyword:"required",params:{missingProperty: "method"},message:"must have required property '"+"method"+"'"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data8.hash_type === undefined){
const err25 = {instancePath:instancePath+"/predicate/serialization",schemaPath:"#/properties/predicate/properties/serialization/required",keyword:"required",params:{missingProperty: "hash_type"},message:"must have required property '"+"hash_type"+"'"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data8.allow_symlinks === undefined){
const err26 = {instancePath:instancePath+"/predicate/serialization",schemaPath:"#/properties/predicate/properties/serialization/required",keyword:"required",params:{missingProperty: "allow_symlinks"},message:"must have required property '"+"allow_symlinks"+"'"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
for(const key3 in data8){
if(!((((key3 === "method") || (key3 === "hash_type")) || (key3 === "allow_symlinks")) || (key3 === "ignore_paths"))){
const err27 = {instancePath:instancePath+"/predicate/serialization",schemaPath:"#/properties/predicate/properties/serialization/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data8.method !== undefined){
let data9 = data8.method;
if(typeof data9 !== "string"){
const err28 = {instancePath:instancePath+"/predicate/serialization/method",schemaPath:"#/properties/predicate/properties/serialization/properties/method/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if("files" !== data9){
const err29 = {instancePath:instancePath+"/predicate/serialization/method",schemaPath:"#/properties/predicate/properties/serialization/properties/method/const",keyword:"const",params:{allowedValue: "files"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data8.hash_type !== undefined){
let data10 = data8.hash_type;
if(typeof data10 !== "string"){
const err30 = {instancePath:instancePath+"/predicate/serialization/hash_type",schemaPath:"#/properties/predicate/properties/serialization/properties/hash_type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if("sha256" !== data10){
const err31 = {instancePath:instancePath+"/predicate/serialization/hash_type",schemaPath:"#/properties/predicate/properties/serialization/properties/hash_type/const",keyword:"const",params:{allowedValue: "sha256"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data8.allow_symlinks !== undefined){
let data11 = data8.allow_symlinks;
if(typeof data11 !== "boolean"){
const err32 = {instancePath:instancePath+"/predicate/serialization/allow_symlinks",schemaPath:"#/properties/predicate/properties/serialization/properties/allow_symlinks/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(false !== data11){
const err33 = {instancePath:instancePath+"/predicate/serialization/allow_symlinks",schemaPath:"#/properties/predicate/properties/serialization/properties/allow_symlinks/const",keyword:"const",params:{allowedValue: false},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data8.ignore_paths !== undefined){
let data12 = data8.ignore_paths;
if(Array.isArray(data12)){
if(data12.length > 16){
const err34 = {instancePath:instancePath+"/predicate/serialization/ignore_paths",schemaPath:"#/properties/predicate/properties/serialization/properties/ignore_paths/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
const len1 = data12.length;
for(let i1=0; i1<len1; i1++){
if(typeof data12[i1] !== "string"){
const err35 = {instancePath:instancePath+"/predicate/serialization/ignore_paths/" + i1,schemaPath:"#/properties/predicate/properties/serialization/properties/ignore_paths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
else {
const err36 = {instancePath:instancePath+"/predicate/serialization/ignore_paths",schemaPath:"#/properties/predicate/properties/serialization/properties/ignore_paths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath:instancePath+"/predicate/serialization",schemaPath:"#/properties/predicate/properties/serialization/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data7.resources !== undefined){
let data14 = data7.resources;
if(Array.isArray(data14)){
if(data14.length > 32){
const err38 = {instancePath:instancePath+"/predicate/resources",schemaPath:"#/properties/predicate/properties/resources/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data14.length < 1){
const err39 = {instancePath:instancePath+"/predicate/resources",schemaPath:"#/properties/predicate/properties/resources/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
const len2 = data14.length;
for(let i2=0; i2<len2; i2++){
let data15 = data14[i2];
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.name === undefined){
const err40 = {instancePath:instancePath+"/predicate/resources/" + i2,schemaPath:"#/properties/predicate/properties/resources/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data15.algorithm === undefined){
const err41 = {instancePath:instancePath+"/predicate/resources/" + i2,schemaPath:"#/properties/predicate/properties/resources/items/required",keyword:"required",params:{missingProperty: "algorithm"},message:"must have required property '"+"algorithm"+"'"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(data15.digest === undefined){
const err42 = {instancePath:instancePath+"/predicate/resources/" + i2,schemaPath:"#/properties/predicate/properties/resources/items/required",keyword:"required",params:{missingProperty: "digest"},message:"must have required property '"+"digest"+"'"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
for(const key4 in data15){
if(!(((key4 === "name") || (key4 === "algorithm")) || (key4 === "digest"))){
const err43 = {instancePath:instancePath+"/predicate/resources/" + i2,schemaPath:"#/properties/predicate/properties/resources/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data15.name !== undefined){
if(typeof data15.name !== "string"){
const err44 = {instancePath:instancePath+"/predicate/resources/" + i2+"/name",schemaPath:"#/properties/predicate/properties/resources/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data15.algorithm !== undefined){
let data17 = data15.algorithm;
if(typeof data17 !== "string"){
const err45 = {instancePath:instancePath+"/predicate/resources/" + i2+"/algorithm",schemaPath:"#/properties/predicate/properties/resources/items/properties/algorithm/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if("sha256" !== data17){
const err46 = {instancePath:instancePath+"/predicate/resources/" + i2+"/algorithm",schemaPath:"#/properties/predicate/properties/resources/items/properties/algorithm/const",keyword:"const",params:{allowedValue: "sha256"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data15.digest !== undefined){
let data18 = data15.digest;
if(typeof data18 === "string"){
if(!pattern7.test(data18)){
const err47 = {instancePath:instancePath+"/predicate/resources/" + i2+"/digest",schemaPath:"#/properties/predicate/properties/resources/items/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
else {
const err48 = {instancePath:instancePath+"/predicate/resources/" + i2+"/digest",schemaPath:"#/properties/predicate/properties/resources/items/properties/digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
else {
const err49 = {instancePath:instancePath+"/predicate/resources/" + i2,schemaPath:"#/properties/predicate/properties/resources/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
else {
const err50 = {instancePath:instancePath+"/predicate/resources",schemaPath:"#/properties/predicate/properties/resources/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath:instancePath+"/predicate",schemaPath:"#/properties/predicate/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
else {
const err52 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
validate16.errors = vErrors;
return errors === 0;
}

